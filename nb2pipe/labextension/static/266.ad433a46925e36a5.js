"use strict";(self.rspackChunknb2pipe=self.rspackChunknb2pipe||[]).push([[266],{475(e,p,o){var r=o(601),n=o.n(r),i=o(314),t=(o.n(i))()(n());t.push([e.id,`/* Colours come from the theme; a step's hue is only ever a stripe beside its name. */
:root {
  --nb2pipe-hue-0: #3b82c4;
  --nb2pipe-hue-1: #c2711b;
  --nb2pipe-hue-2: #3f9a55;
  --nb2pipe-hue-3: #a4519c;
  --nb2pipe-hue-4: #c74a4f;
  --nb2pipe-hue-5: #1d949a;
  --nb2pipe-hue-6: #8a7a1f;
  --nb2pipe-hue-7: #6a6fd0;
}

/* ---------------------------------------------------------------- badges */

.jp-Notebook .jp-Cell.nb2pipe-headed,
.jp-Notebook .jp-Cell.nb2pipe-in-step {
  position: relative;
}

.jp-Notebook .jp-Cell.nb2pipe-headed {
  padding-top: 27px;
}

.jp-Notebook .jp-Cell.nb2pipe-in-step::after {
  content: '';
  position: absolute;
  top: 0;
  bottom: 0;
  left: 0;
  width: 3px;
  background: var(--nb2pipe-hue);
  opacity: 0.55;
  pointer-events: none;
}

.jp-Notebook .jp-Cell.nb2pipe-in-step.nb2pipe-headed::after {
  top: 6px;
  opacity: 1;
}

.nb2pipe-badges {
  position: absolute;
  top: 5px;
  left: calc(var(--jp-cell-collapser-width) + var(--jp-cell-prompt-width) + var(--jp-cell-padding));
  right: var(--jp-cell-padding);
  display: flex;
  gap: 6px;
  align-items: center;
  overflow: hidden;
  z-index: 1;
}

.nb2pipe-badges.nb2pipe-pale {
  top: calc(var(--jp-cell-padding) + 5px);
  left: auto;
  right: calc(var(--jp-cell-padding) + 8px);
  max-width: 40%;
  pointer-events: none; /* the code below it can still be clicked */
}

.jp-Cell.jp-mod-active > .nb2pipe-badges.nb2pipe-pale {
  /* Jupyter's own toolbar stands at the right */
  top: calc(var(--jp-cell-padding) + 22px);
  left: var(--jp-cell-collapser-width);
  right: auto;
  width: calc(var(--jp-cell-prompt-width) + var(--jp-cell-padding) - 2px);
  max-width: none;
  justify-content: flex-end;
}

.jp-Cell.jp-mod-active > .nb2pipe-badges.nb2pipe-pale .nb2pipe-inherits {
  font-size: 10px;
  line-height: 12px;
  padding: 0 2px;
}

.nb2pipe-badge {
  font-family: var(--jp-ui-font-family);
  font-size: 11px;
  line-height: 16px;
  padding: 0 7px;
  margin: 0;
  border: 1px solid var(--jp-border-color1);
  border-radius: 4px;
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
  flex: 0 1 auto;
  cursor: pointer;
}

.nb2pipe-badge:hover {
  background: var(--jp-layout-color2);
}

.nb2pipe-step {
  border-left: 6px solid var(--nb2pipe-hue);
  font-weight: 600;
}

.nb2pipe-inherits {
  border-color: transparent;
  background: var(--jp-cell-editor-background);
  color: var(--jp-ui-font-color2);
}

.nb2pipe-parameters,
.nb2pipe-imports,
.nb2pipe-functions,
.nb2pipe-skip {
  border-style: dashed;
  border-color: var(--jp-border-color1);
}

.nb2pipe-slip {
  border-color: var(--jp-error-color1);
  color: var(--jp-error-color1);
  font-weight: 600;
}

.nb2pipe-badge.nb2pipe-warning {
  border-color: var(--jp-warn-color1);
}

/* ---------------------------------------------------------------- the panel */

.nb2pipe-panel {
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1);
  line-height: 1.4;
  overflow-y: auto;
  padding: 10px 12px 24px;
  min-width: 260px;
}

.nb2pipe-panel h2 {
  font-size: 14px;
  font-weight: 600;
  margin: 0;
  overflow-wrap: anywhere;
}

.nb2pipe-panel h3 {
  font-size: 11px;
  font-weight: 600;
  letter-spacing: 0.04em;
  text-transform: uppercase;
  color: var(--jp-ui-font-color2);
  margin: 16px 0 6px;
}

.nb2pipe-panel p {
  margin: 4px 0;
}

.nb2pipe-sub,
.nb2pipe-note,
.nb2pipe-empty {
  color: var(--jp-ui-font-color2);
}

.nb2pipe-panel .nb2pipe-empty {
  margin-top: 16px;
}

.nb2pipe-panel kbd {
  border: 1px solid var(--jp-border-color1);
  border-radius: 3px;
  padding: 0 4px;
  font-family: var(--jp-code-font-family);
}

.nb2pipe-live-server {
  color: var(--jp-success-color1);
}

.nb2pipe-trouble,
.nb2pipe-live-failed,
.nb2pipe-bad {
  color: var(--jp-error-color1);
}

.nb2pipe-good {
  color: var(--jp-success-color1);
}

.nb2pipe-buttons {
  display: flex;
  flex-wrap: wrap;
  gap: 6px;
  margin: 10px 0 4px;
}

.nb2pipe-button {
  font: inherit;
  color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color2);
  border: 1px solid var(--jp-border-color1);
  border-radius: 4px;
  padding: 3px 10px;
  cursor: pointer;
}

.nb2pipe-button:hover:enabled {
  background: var(--jp-layout-color3);
}

.nb2pipe-button:disabled {
  opacity: 0.5;
  cursor: default;
}

.nb2pipe-link {
  font: inherit;
  color: var(--jp-content-link-color, var(--jp-brand-color1));
  background: none;
  border: none;
  padding: 0;
  cursor: pointer;
  text-align: left;
}

.nb2pipe-link:hover {
  text-decoration: underline;
}

.nb2pipe-panel :focus-visible,
.nb2pipe-badge:focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: 1px;
}

.nb2pipe-findings,
.nb2pipe-outline {
  list-style: none;
  margin: 0;
  padding: 0;
}

.nb2pipe-finding {
  display: flex;
  gap: 8px;
  padding: 6px 8px;
  margin-bottom: 6px;
  border: 1px solid var(--jp-border-color2);
  border-left: 3px solid var(--jp-border-color1);
  border-radius: 3px;
  overflow-wrap: anywhere;
}

.nb2pipe-finding.nb2pipe-error {
  border-left-color: var(--jp-error-color1);
}

.nb2pipe-finding.nb2pipe-warning {
  border-left-color: var(--jp-warn-color1);
}

.nb2pipe-code {
  font-weight: 600;
}

.nb2pipe-note {
  font-size: 12px;
}

.nb2pipe-graph-frame {
  margin-top: 12px;
  overflow-x: auto;
}

.nb2pipe-graph {
  display: block;
  max-width: 100%;
  height: auto;
  margin: 0 auto;
}

.nb2pipe-line {
  fill: none;
  stroke: var(--jp-ui-font-color3);
  stroke-width: 1.4;
}

.nb2pipe-order {
  stroke-dasharray: 4 4;
}

.nb2pipe-head {
  fill: var(--jp-ui-font-color3);
}

.nb2pipe-behind {
  fill: var(--jp-layout-color1);
}

.nb2pipe-label {
  font-family: var(--jp-code-font-family);
  font-size: 11px;
  fill: var(--jp-ui-font-color1);
}

.nb2pipe-node {
  cursor: pointer;
}

.nb2pipe-box {
  fill: var(--jp-layout-color2);
  stroke: var(--jp-border-color1);
}

.nb2pipe-node:hover .nb2pipe-box {
  fill: var(--jp-layout-color3);
}

.nb2pipe-active .nb2pipe-box {
  stroke: var(--jp-brand-color1);
  stroke-width: 2;
}

.nb2pipe-node:focus-visible {
  outline: none;
}

.nb2pipe-node:focus-visible .nb2pipe-box {
  stroke: var(--jp-brand-color1);
  stroke-width: 3;
}

.nb2pipe-band {
  fill: var(--nb2pipe-hue);
}

.nb2pipe-name {
  font-size: 13px;
  font-weight: 600;
  fill: var(--jp-ui-font-color1);
}

.nb2pipe-cells {
  font-size: 11px;
  fill: var(--jp-ui-font-color2);
}

.nb2pipe-dot {
  display: inline-block;
  width: 9px;
  height: 9px;
  border-radius: 2px;
  margin-right: 6px;
  background: var(--nb2pipe-hue);
}

.nb2pipe-step-details {
  border-bottom: 1px solid var(--jp-border-color2);
  padding: 4px 0;
}

.nb2pipe-step-details summary {
  cursor: pointer;
}

.nb2pipe-step-name {
  font-weight: 600;
}

.nb2pipe-step-details > .nb2pipe-link {
  margin: 4px 0 0 15px;
}

.nb2pipe-panel dl {
  display: grid;
  grid-template-columns: max-content 1fr;
  gap: 2px 10px;
  margin: 4px 0 6px 15px;
}

.nb2pipe-panel dt {
  color: var(--jp-ui-font-color2);
}

.nb2pipe-panel dd {
  margin: 0;
  overflow-wrap: anywhere;
  font-family: var(--jp-code-font-family);
  font-size: 12px;
}

.nb2pipe-panel table {
  border-collapse: collapse;
  width: 100%;
}

.nb2pipe-panel th,
.nb2pipe-panel td {
  text-align: left;
  font-weight: normal;
  padding: 2px 8px 2px 0;
  vertical-align: top;
  overflow-wrap: anywhere;
}

.nb2pipe-panel thead th {
  color: var(--jp-ui-font-color2);
}

.nb2pipe-panel td.nb2pipe-number {
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}

.nb2pipe-check {
  overflow-x: auto;
}

.nb2pipe-check table {
  font-size: 12px;
}

.nb2pipe-check th,
.nb2pipe-check td {
  overflow-wrap: normal;
}

.nb2pipe-panel code {
  font-family: var(--jp-code-font-family);
  font-size: 12px;
}

.nb2pipe-check {
  border: 1px solid var(--jp-border-color2);
  border-radius: 4px;
  padding: 0 10px 8px;
  margin-top: 12px;
}

.nb2pipe-check h3 {
  margin-top: 8px;
}

.nb2pipe-check progress {
  width: 100%;
}

.nb2pipe-log {
  font-family: var(--jp-code-font-family);
  font-size: 11px;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  margin: 4px 0;
}

.nb2pipe-verdict {
  font-weight: 600;
}

.nb2pipe-unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

/* ---------------------------------------------------------------- the dialog */

.nb2pipe-words {
  width: 460px;
  max-width: 80vw;
  min-height: 270px;
}

.nb2pipe-words input {
  width: 100%;
  box-sizing: border-box;
  font-family: var(--jp-code-font-family);
}

.nb2pipe-says {
  min-height: 1.4em;
  margin: 4px 0;
  color: var(--jp-ui-font-color2);
}

.nb2pipe-says.nb2pipe-bad {
  color: var(--jp-error-color1);
}

.nb2pipe-options {
  list-style: none;
  margin: 0;
  padding: 0;
  max-height: 210px;
  overflow-y: auto;
  border: 1px solid var(--jp-border-color2);
}

.nb2pipe-options li {
  display: flex;
  gap: 12px;
  padding: 2px 8px;
  cursor: pointer;
  color: var(--jp-ui-font-color1);
}

.nb2pipe-options li:hover {
  background: var(--jp-layout-color2);
}

.nb2pipe-options li[aria-selected='true'] {
  background: var(--jp-brand-color1);
  color: var(--jp-ui-inverse-font-color1);
}

.nb2pipe-options li[aria-selected='true'] .nb2pipe-sub {
  color: inherit;
}

.nb2pipe-option-word {
  font-family: var(--jp-code-font-family);
  min-width: 150px;
}

.nb2pipe-proposal table {
  border-collapse: collapse;
  font-size: 12px;
}

.nb2pipe-proposal th,
.nb2pipe-proposal td {
  text-align: left;
  vertical-align: top;
  padding: 3px 12px 3px 0;
  border-bottom: 1px solid var(--jp-border-color2);
  color: var(--jp-ui-font-color1);
}

@media (prefers-reduced-motion: no-preference) {
  .nb2pipe-badge {
    transition: background 0.1s;
  }
}

@media (forced-colors: active) {
  .nb2pipe-step {
    border-left-style: double;
  }
}
`,""]),o.d(p,{},{A:t})},646(e,p,o){var r=o(601),n=o.n(r),i=o(314),t=o.n(i),a=o(475),l=t()(n());l.i(a.A),l.push([e.id,`
`,""]),o.d(p,{},{A:l})},314(e){e.exports=function(e){var p=[];return p.toString=function(){return this.map(function(p){var o="",r=void 0!==p[5];return p[4]&&(o+="@supports (".concat(p[4],") {")),p[2]&&(o+="@media ".concat(p[2]," {")),r&&(o+="@layer".concat(p[5].length>0?" ".concat(p[5]):""," {")),o+=e(p),r&&(o+="}"),p[2]&&(o+="}"),p[4]&&(o+="}"),o}).join("")},p.i=function(e,o,r,n,i){"string"==typeof e&&(e=[[null,e,void 0]]);var t={};if(r)for(var a=0;a<this.length;a++){var l=this[a][0];null!=l&&(t[l]=!0)}for(var d=0;d<e.length;d++){var c=[].concat(e[d]);r&&t[c[0]]||(void 0!==i&&(void 0===c[5]||(c[1]="@layer".concat(c[5].length>0?" ".concat(c[5]):""," {").concat(c[1],"}")),c[5]=i),o&&(c[2]&&(c[1]="@media ".concat(c[2]," {").concat(c[1],"}")),c[2]=o),n&&(c[4]?(c[1]="@supports (".concat(c[4],") {").concat(c[1],"}"),c[4]=n):c[4]="".concat(n)),p.push(c))}},p}},601(e){e.exports=function(e){return e[1]}},665(e,p,o){o.r(p);var r=o(72),n=o.n(r),i=o(825),t=o.n(i),a=o(659),l=o.n(a),d=o(56),c=o.n(d),s=o(540),b=o.n(s),f=o(113),u=o.n(f),v=o(646),h={};h.styleTagTransform=u(),h.setAttributes=c(),h.insert=l().bind(null,"head"),h.domAPI=t(),h.insertStyleElement=b(),n()(v.A,h);let x=v.A&&v.A.locals?v.A.locals:void 0;o.d(p,{},{default:x})},72(e){var p=[];function o(e){for(var o=-1,r=0;r<p.length;r++)if(p[r].identifier===e){o=r;break}return o}function r(e,r){for(var n={},i=[],t=0;t<e.length;t++){var a=e[t],l=r.base?a[0]+r.base:a[0],d=n[l]||0,c="".concat(l," ").concat(d);n[l]=d+1;var s=o(c),b={css:a[1],media:a[2],sourceMap:a[3],supports:a[4],layer:a[5]};if(-1!==s)p[s].references++,p[s].updater(b);else{var f=function(e,p){var o=p.domAPI(p);return o.update(e),function(p){p?(p.css!==e.css||p.media!==e.media||p.sourceMap!==e.sourceMap||p.supports!==e.supports||p.layer!==e.layer)&&o.update(e=p):o.remove()}}(b,r);r.byIndex=t,p.splice(t,0,{identifier:c,updater:f,references:1})}i.push(c)}return i}e.exports=function(e,n){var i=r(e=e||[],n=n||{});return function(e){e=e||[];for(var t=0;t<i.length;t++){var a=o(i[t]);p[a].references--}for(var l=r(e,n),d=0;d<i.length;d++){var c=o(i[d]);0===p[c].references&&(p[c].updater(),p.splice(c,1))}i=l}}},659(e){var p={};e.exports=function(e,o){var r=function(e){if(void 0===p[e]){var o=document.querySelector(e);if(window.HTMLIFrameElement&&o instanceof window.HTMLIFrameElement)try{o=o.contentDocument.head}catch(e){o=null}p[e]=o}return p[e]}(e);if(!r)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");r.appendChild(o)}},540(e){e.exports=function(e){var p=document.createElement("style");return e.setAttributes(p,e.attributes),e.insert(p,e.options),p}},56(e,p,o){e.exports=function(e){var p=o.nc;p&&e.setAttribute("nonce",p)}},825(e){e.exports=function(e){if("u"<typeof document)return{update:function(){},remove:function(){}};var p=e.insertStyleElement(e);return{update:function(o){var r,n,i;r="",o.supports&&(r+="@supports (".concat(o.supports,") {")),o.media&&(r+="@media ".concat(o.media," {")),(n=void 0!==o.layer)&&(r+="@layer".concat(o.layer.length>0?" ".concat(o.layer):""," {")),r+=o.css,n&&(r+="}"),o.media&&(r+="}"),o.supports&&(r+="}"),(i=o.sourceMap)&&"u">typeof btoa&&(r+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(i))))," */")),e.styleTagTransform(r,p,e.options)},remove:function(){var e;null===(e=p).parentNode||e.parentNode.removeChild(e)}}}},113(e){e.exports=function(e,p){if(p.styleSheet)p.styleSheet.cssText=e;else{for(;p.firstChild;)p.removeChild(p.firstChild);p.appendChild(document.createTextNode(e))}}}}]);