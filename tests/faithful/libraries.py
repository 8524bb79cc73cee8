"""Idioms of libraries that not every environment has; a case runs where all that it imports is installed."""

from __future__ import annotations

import re
from importlib.util import find_spec

Case = tuple[str, str, tuple[tuple[str, str], ...]]
L, T, E = "step:load", "step:train", "step:evaluate"

BOOST = "import numpy as np\nrng = np.random.default_rng(0)\nX = rng.normal(size=(80, 3))\ny = (X[:, 0] + X[:, 1] > 0).astype(int)"

BOOSTERS: tuple[Case, ...] = (
    ("xgboost, its own way", "libraries", ((L, f"import xgboost as xgb\n{BOOST}\ndtrain = xgb.DMatrix(X[:60], label=y[:60])\ndtest = xgb.DMatrix(X[60:])"), (T, "bst = xgb.train({'max_depth': 2, 'nthread': 1, 'seed': 1}, dtrain, num_boost_round=4)"), (E, "result = bst.predict(dtest).round(5)"))),
    ("xgboost, the matrices made where they are used", "libraries", ((L, BOOST), (T, "import xgboost as xgb\nbst = xgb.train({'max_depth': 2, 'nthread': 1, 'seed': 1}, xgb.DMatrix(X[:60], label=y[:60]), num_boost_round=4)\nimp = bst.get_score()"), (E, "result = (bst.predict(xgb.DMatrix(X[60:])).round(5), imp)"))),
    ("xgboost, trained on", "libraries", ((L, f"import xgboost as xgb\n{BOOST}\nbst = xgb.train({{'nthread': 1}}, xgb.DMatrix(X, label=y), num_boost_round=2)"), (T, "bst = xgb.train({'nthread': 1}, xgb.DMatrix(X, label=y), num_boost_round=2, xgb_model=bst)"), (E, "result = (bst.num_boosted_rounds(), bst.predict(xgb.DMatrix(X[:3])).round(5))"))),
    ("xgboost, as in scikit-learn", "libraries", ((L, f"from xgboost import XGBClassifier\n{BOOST}\nclf = XGBClassifier(n_estimators=4, n_jobs=1, random_state=1)"), (T, "clf.fit(X[:60], y[:60], eval_set=[(X[60:], y[60:])], verbose=False)"), (E, "result = (clf.predict_proba(X[60:]).round(5), clf.evals_result()['validation_0']['logloss'][-1])"))),
    ("xgboost in a pipeline and a search", "libraries", ((L, f"from xgboost import XGBRegressor\nfrom sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\nfrom sklearn.model_selection import GridSearchCV\n{BOOST}"), (T, "gs = GridSearchCV(make_pipeline(StandardScaler(), XGBRegressor(n_estimators=3, n_jobs=1)), {'xgbregressor__max_depth': [1, 2]}, cv=2).fit(X, y)"), (E, "result = (gs.best_params_, gs.predict(X[:3]).round(5))"))),
    ("xgboost, saved to a file", "libraries", ((L, f"import xgboost as xgb\n{BOOST}\nxgb.train({{'nthread': 1}}, xgb.DMatrix(X, label=y), num_boost_round=2).save_model('m_x.json')"), (T, "bst = xgb.Booster(model_file='m_x.json')"), (E, "result = bst.predict(xgb.DMatrix(X[:3])).round(5)"))),
    ("xgboost callback of the notebook", "libraries", ((L, f"import xgboost as xgb\n{BOOST}\nclass Count(xgb.callback.TrainingCallback):\n    def __init__(self):\n        self.n = 0\n    def after_iteration(self, model, epoch, evals_log):\n        self.n += 1\n        return False\ncounter = Count()"), (T, "bst = xgb.train({'nthread': 1}, xgb.DMatrix(X, label=y), num_boost_round=3, callbacks=[counter])"), (E, "result = counter.n"))),
    ("xgboost objective of the notebook", "libraries", ((L, f"import xgboost as xgb\n{BOOST}\nk = 1.5\ndef objective(p, d):\n    g = k * (p - d.get_label())\n    return g, np.full_like(g, k)"), (T, "bst = xgb.train({'nthread': 1}, xgb.DMatrix(X, label=y), num_boost_round=2, obj=objective)"), (E, "result = bst.predict(xgb.DMatrix(X[:3])).round(5)"))),
    ("lightgbm, its own way", "libraries", ((L, f"import lightgbm as lgb\n{BOOST}\ntrain = lgb.Dataset(X[:60], label=y[:60], free_raw_data=False)"), (T, "bst = lgb.train({'verbose': -1, 'num_threads': 1, 'seed': 1, 'deterministic': True, 'min_data_in_leaf': 5}, train, 4)"), (E, "result = bst.predict(X[60:]).round(5)"))),
    ("lightgbm, the data sets in one step", "libraries", ((L, BOOST), (T, "import lightgbm as lgb\nd = lgb.Dataset(X[:60], label=y[:60])\nbst = lgb.train({'verbose': -1, 'num_threads': 1, 'min_data_in_leaf': 5}, d, 4)\ndel d"), (E, "result = (bst.predict(X[60:]).round(5), bst.num_trees())"))),
    ("lightgbm, as in scikit-learn", "libraries", ((L, f"import lightgbm as lgb\n{BOOST}\nclf = lgb.LGBMClassifier(n_estimators=4, n_jobs=1, verbose=-1, min_child_samples=5)"), (T, "clf.fit(X[:60], y[:60], eval_set=[(X[60:], y[60:])])"), (E, "result = (clf.predict_proba(X[60:]).round(5), clf.best_iteration_)"))),
    ("catboost", "libraries", ((L, f"from catboost import CatBoostClassifier\n{BOOST}\nclf = CatBoostClassifier(iterations=3, thread_count=1, verbose=False, random_seed=1, allow_writing_files=False)"), (T, "clf.fit(X[:60], y[:60])"), (E, "result = clf.predict_proba(X[60:]).round(5)"))),
)  # fmt: skip

TABLES: tuple[Case, ...] = (
    ("polars frame", "libraries", ((L, "import polars as pl\ndf = pl.DataFrame({'a': [1, 2, None], 's': ['x', 'y', 'z'], 'l': [[1], [2, 3], []]})"), (T, "big = df.filter(pl.col('a') > 1).with_columns((pl.col('a') * k).alias('b')) if (k := 3) else None"), (E, "result = (big.to_dict(as_series=False), df.schema == big.drop('b').schema, df['s'].to_list())"))),
    ("polars in place", "libraries", ((L, "import polars as pl\ndf = pl.DataFrame({'a': [3, 1]})"), (T, "df.insert_column(1, pl.Series('b', [1, 2]))\ndf[0, 'a'] = 9"), (E, "result = df.to_dict(as_series=False)"))),
    ("polars lazy frame and group", "libraries", ((L, "import polars as pl\nlf = pl.LazyFrame({'g': ['a', 'b', 'a'], 'v': [1, 2, 3]})"), (T, "out = lf.group_by('g').agg(pl.col('v').sum()).sort('g').collect()"), (E, "result = out.to_dict(as_series=False)"))),
    ("polars expression by name", "libraries", ((L, "import polars as pl\ndouble = pl.col('a') * 2\ndf = pl.DataFrame({'a': [1, 2]})"), (T, "out = df.select(double.alias('d'))"), (E, "result = (out['d'].to_list(), df.select(double).to_series().to_list())"))),
    ("polars settings", "libraries", ((L, "import polars as pl\npl.Config.set_tbl_rows(2)\ndf = pl.DataFrame({'a': range(6)})"), (T, "t = str(df)"), (E, "result = t"))),
    ("polars names in SQL", "libraries", ((L, "import polars as pl\ndf = pl.DataFrame({'a': [1, 5]})"), (T, "out = pl.sql('select a from df where a > 2').collect()"), (E, "result = out['a'].to_list()"))),
    ("polars map_elements with a function", "libraries", ((L, "import polars as pl\nk = 4\ndef f(x):\n    return x * k\ndf = pl.DataFrame({'a': [1, 2]})"), (T, "out = df['a'].map_elements(f, return_dtype=pl.Int64)"), (E, "result = out.to_list()"))),
)  # fmt: skip

GRAPHS: tuple[Case, ...] = (
    ("graph of networkx", "libraries", ((L, "import networkx as nx\nG = nx.Graph()\nG.add_edge('a', 'b', weight=2)\nG.graph['name'] = 'g'"), (T, "G.add_edge('b', 'c', weight=1)\nG.nodes['a']['color'] = 'red'"), (E, "result = (sorted(G.edges(data=True)), dict(G.nodes(data=True)), nx.shortest_path(G, 'a', 'c'), G.graph)"))),
    ("subgraph view", "libraries", ((L, "import networkx as nx\nG = nx.path_graph(4)\nH = G.subgraph([0, 1, 2])"), (T, "G.remove_edge(0, 1)"), (E, "result = (H.number_of_edges(), G.number_of_edges())"))),
    ("graph and its layout", "libraries", ((L, "import networkx as nx\nG = nx.karate_club_graph()\npos = nx.spring_layout(G, seed=1, iterations=3)"), (T, "pr = nx.pagerank(G)"), (E, "result = (round(pr[0], 6), pos[0].round(5))"))),
    ("data of an edge by name", "libraries", ((L, "import networkx as nx\nG = nx.DiGraph()\nG.add_edge(1, 2, w=1)\nd = G[1][2]"), (T, "d['w'] = 7"), (E, "result = G[1][2]['w']"))),
)  # fmt: skip

PLOTS: tuple[Case, ...] = (
    ("seaborn theme in an early step", "libraries", ((L, "import matplotlib\nmatplotlib.use('Agg')\nimport seaborn as sns\nsns.set_theme(style='darkgrid', palette='deep', font_scale=1.2)"), (T, "import matplotlib.pyplot as plt\na = plt.rcParams['axes.facecolor'], plt.rcParams['font.size']"), (E, "result = (a, plt.rcParams['axes.grid'])"))),
    ("seaborn palette kept", "libraries", ((L, "import matplotlib\nmatplotlib.use('Agg')\nimport seaborn as sns\npal = sns.color_palette('husl', 3)\nsns.set_palette(pal)"), (T, "n = len(pal)"), (E, "result = (n, [tuple(round(v, 4) for v in c) for c in pal], pal.as_hex()[0])"))),
    ("seaborn set in the imports", "libraries", (("imports", "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nimport seaborn as sns\nsns.set_style('white')"), (L, "a = plt.rcParams['axes.facecolor']"), (T, "b = plt.rcParams['axes.edgecolor']"), (E, "result = (a, b, plt.rcParams['axes.grid'])"))),
    ("colour maps that seaborn brings", "libraries", ((L, "import matplotlib\nmatplotlib.use('Agg')\nimport seaborn as sns\na = sns.color_palette()[0]"), (T, "import matplotlib.pyplot as plt\nc = plt.get_cmap('rocket').N"), (E, "result = c"))),
    ("grid of seaborn kept", "libraries", ((L, "import matplotlib\nmatplotlib.use('Agg')\nimport pandas as pd\nimport seaborn as sns\ndf = pd.DataFrame({'a': [1, 2], 'b': [2, 3]})\ng = sns.FacetGrid(df)"), (T, "g.map(sns.scatterplot, 'a', 'b')"), (E, "result = len(g.axes.flat)"))),
)  # fmt: skip

NET = "import torch\nfrom torch import nn\ntorch.manual_seed(3)"
TORCH: tuple[Case, ...] = (
    ("torch tensors", "libraries", ((L, f"{NET}\na = torch.arange(6.0).reshape(2, 3)\nw = torch.randn(3, requires_grad=True)"), (T, "b = (a @ w).sum()\na += 1"), (E, "result = (a.tolist(), round(float(b), 5), w.requires_grad, a.dtype == torch.float32)"))),
    ("torch seed and draws", "libraries", ((L, f"{NET}\na = torch.rand(2)"), (T, "b = torch.rand(2)"), (E, "result = (a.tolist(), b.tolist(), torch.rand(1).tolist())"))),
    ("torch seed in the imports", "libraries", (("imports", NET), (L, "a = torch.rand(2)"), (T, "b = torch.rand(2)"), (E, "result = (a.tolist(), b.tolist(), torch.rand(1).tolist())"))),
    ("torch view of a tensor", "libraries", ((L, f"{NET}\na = torch.zeros(4)\nv = a[:2]"), (T, "v += 1"), (E, "result = a.tolist()"))),
    ("torch and numpy in one memory", "libraries", ((L, f"{NET}\nimport numpy as np\nn = np.zeros(3)\nt = torch.from_numpy(n)"), (T, "t += 1"), (E, "result = n.tolist()"))),
    ("torch network trained in a later step", "libraries", ((L, f"{NET}\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(2, 1)\n    def forward(self, x):\n        return self.fc(x)\nnet = Net()\nopt = torch.optim.Adam(net.parameters(), lr=0.1)\nX, y = torch.randn(8, 2), torch.ones(8, 1)"), (T, "for _ in range(3):\n    opt.zero_grad()\n    loss = ((net(X) - y) ** 2).mean()\n    loss.backward()\n    opt.step()\nfinal = loss.item()"), (E, "with torch.no_grad():\n    result = (round(final, 5), net(X[:2]).round(decimals=4).tolist() if False else [[round(v, 4) for v in r] for r in net(X[:2]).tolist()])"))),
    ("torch optimizer and network go on", "libraries", ((L, f"{NET}\nnet = nn.Linear(2, 1)\nopt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)\nX, y = torch.randn(8, 2), torch.ones(8, 1)\ndef epoch():\n    opt.zero_grad()\n    loss = ((net(X) - y) ** 2).mean()\n    loss.backward()\n    opt.step()\n    return loss.item()\na = epoch()"), (T, "b = epoch()"), (E, "c = epoch()\nresult = ([round(v, 5) for v in (a, b, c)], next(iter(opt.param_groups[0]['params'])) is next(net.parameters()))"))),
    ("torch state dict in a file", "libraries", ((L, f"{NET}\nnet = nn.Linear(2, 1)\ntorch.save(net.state_dict(), 'net_sd.pt')"), (T, "other = nn.Linear(2, 1)\nother.load_state_dict(torch.load('net_sd.pt'))"), (E, "result = [round(v, 5) for v in other.weight.flatten().tolist()]"))),
    ("torch network in a file", "libraries", ((L, f"{NET}\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(2, 1)\n    def forward(self, x):\n        return self.fc(x) * scale\nscale = 2.0\ntorch.save(Net(), 'net_all.pt')"), (T, "net = torch.load('net_all.pt')"), (E, "with torch.no_grad():\n    result = round(float(net(torch.ones(1, 2))), 5)"))),
    ("torch state dict by name", "libraries", ((L, f"{NET}\nnet = nn.Linear(2, 1)\nsd = net.state_dict()"), (T, "with torch.no_grad():\n    net.weight += 1"), (E, "result = [round(v, 5) for v in sd['weight'].flatten().tolist()]"))),
    ("torch data loader, shuffled", "libraries", ((L, f"{NET}\nfrom torch.utils.data import DataLoader, TensorDataset\nds = TensorDataset(torch.arange(6.0))\ndl = DataLoader(ds, batch_size=2, shuffle=True)"), (T, "first = [b[0].tolist() for b in dl]"), (E, "result = (first, [b[0].tolist() for b in dl])"))),
    ("torch data loader with a generator", "libraries", ((L, f"{NET}\nfrom torch.utils.data import DataLoader, TensorDataset\ng = torch.Generator().manual_seed(5)\ndl = DataLoader(TensorDataset(torch.arange(6.0)), batch_size=2, shuffle=True, generator=g)\na = [b[0].tolist() for b in dl]"), (T, "first = [b[0].tolist() for b in dl]"), (E, "result = (a, first, torch.rand(1, generator=g).tolist())"))),
    ("torch data set of the notebook", "libraries", ((L, f"{NET}\nfrom torch.utils.data import Dataset, DataLoader\nclass Data(Dataset):\n    def __init__(self, n):\n        self.x = torch.arange(float(n))\n    def __len__(self):\n        return len(self.x)\n    def __getitem__(self, i):\n        return self.x[i] * factor\nfactor = 2\nds = Data(4)"), (T, "dl = DataLoader(ds, batch_size=2)\nrows = [b.tolist() for b in dl]"), (E, "result = (rows, len(ds))"))),
    ("torch default dtype and threads", "libraries", ((L, f"{NET}\ntorch.set_default_dtype(torch.float64)\ntorch.set_num_threads(1)"), (T, "a = torch.ones(1).dtype"), (E, "result = (str(a), torch.get_num_threads())"))),
    ("torch gradients kept", "libraries", ((L, f"{NET}\nw = torch.ones(2, requires_grad=True)\n(w * 3).sum().backward()"), (T, "(w * 2).sum().backward()"), (E, "result = w.grad.tolist()"))),
    ("torch scheduler", "libraries", ((L, f"{NET}\nnet = nn.Linear(1, 1)\nopt = torch.optim.SGD(net.parameters(), lr=1.0)\nsched = torch.optim.lr_scheduler.StepLR(opt, 1, gamma=0.5)"), (T, "opt.step()\nsched.step()"), (E, "opt.step()\nsched.step()\nresult = (opt.param_groups[0]['lr'], sched.get_last_lr())"))),
    ("torch tied weights", "libraries", ((L, f"{NET}\nclass Tied(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 2, bias=False)\n        self.b = nn.Linear(2, 2, bias=False)\n        self.b.weight = self.a.weight\nnet = Tied()"), (T, "with torch.no_grad():\n    net.a.weight.fill_(2.0)"), (E, "result = (net.b.weight.tolist(), net.a.weight is net.b.weight)"))),
    ("torch dropout and batch norm state", "libraries", ((L, f"{NET}\nnet = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))\nX = torch.randn(8, 2)"), (T, "out = net(X)\nnet.eval()"), (E, "with torch.no_grad():\n    result = (net.training, [round(v, 4) for v in net(X)[0].tolist()], [round(v, 4) for v in net[1].running_mean.tolist()])"))),
)  # fmt: skip

LIBRARIES: tuple[Case, ...] = BOOSTERS + TABLES + GRAPHS + PLOTS + TORCH

_IMPORTED = re.compile(
    r"^\s*(?:import|from)\s+(xgboost|lightgbm|catboost|polars|networkx|seaborn|torch)\b", re.MULTILINE
)


def missing(case: Case) -> tuple[str, ...]:
    """The libraries that a case needs and that are not installed here."""
    needed = {name for _, source in case[2] for name in _IMPORTED.findall(source)}
    return tuple(sorted(name for name in needed if find_spec(name) is None))
