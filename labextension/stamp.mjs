// Completes the build: what Jupyter shows of the package, and which sources it was made of (a test compares).
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['install.json', 'package.json', 'package-lock.json', 'tsconfig.json', 'stamp.mjs', 'schema', 'src', 'style', 'tests'];

function files(path) {
  return statSync(path).isDirectory() ? readdirSync(path).flatMap(name => files(join(path, name))) : [path];
}

const lines = SOURCES.flatMap(files)
  .map(path => path.split('\\').join('/'))
  .sort()
  .map(path => `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${path}\n`);
writeFileSync('../nb2pipe/labextension/sources.sha256', lines.join(''));
copyFileSync('install.json', '../nb2pipe/labextension/install.json');
