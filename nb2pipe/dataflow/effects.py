"""What well-known functions and methods do to the objects they get. A table of facts; ``mutation`` applies it.

Names are grouped by what can be relied on whatever the object is: a method called ``append`` changes its object, one
called ``describe`` does not.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MUTATING_METHODS = _words(
    """
    append extend insert pop popleft appendleft extendleft remove clear sort reverse update setdefault add discard
    popitem difference_update intersection_update symmetric_difference_update subtract rotate move_to_end fit
    fit_transform fit_predict fit_resample partial_fit set_params seed shuffle write writelines writerow writerows
    writestr close execute executemany executescript commit rollback put put_nowait fill itemset resize setflags
    partition byteswap load_state_dict zero_grad backward step compile fit_generator add_argument add_node
    add_nodes_from add_edge add_edges_from remove_node remove_edge __setitem__ __setattr__ __delitem__ __iadd__
    setstate set_state register setLevel addHandler removeHandler setFormatter addFilter removeFilter
    insert_many insert_one set_title set_xlabel set_ylabel set_xlim set_ylim set_xticks
    set_yticks set_xticklabels set_yticklabels set_xscale set_yscale legend savefig set_style set_properties
    add_subplot add_patch add_collection add_artist add_axes train_on_batch build_vocab read readline readlines
    truncate seek send throw __next__ fetchone fetchall fetchmany random integers normal uniform choice
    standard_normal permutation permuted exponential poisson binomial gamma beta lognormal multivariate_normal
    randint randn rand random_sample gauss randrange
    """
)
"""Methods that change their object (a generator's draws and a file's reads do too)."""

PURE_METHODS = _words(
    """
    predict predict_proba predict_log_proba decision_function transform inverse_transform score head tail describe
    info copy mean sum std var min max median mode quantile count nunique unique value_counts corr cov abs round
    cumsum cumprod diff pct_change shift rank groupby merge join drop dropna fillna astype isna isnull notna
    notnull isin between clip where mask replace rename sort_values sort_index set_index reset_index reindex pivot
    pivot_table melt stack unstack explode drop_duplicates duplicated nlargest nsmallest sample query apply
    applymap map agg aggregate assign rolling expanding ewm resample to_numpy to_list tolist to_dict to_csv
    to_parquet to_json to_frame to_string to_html to_markdown to_latex to_records to_datetime to_period
    to_timestamp to_pickle to_excel iterrows itertuples items keys values get iloc loc at iat equals idxmin idxmax
    argmin argmax argsort any all dot reshape ravel flatten transpose squeeze swapaxes item nonzero searchsorted
    cumulative plot hist boxplot bar barh scatter_matrix get_params get_feature_names_out get_feature_names
    get_support get_n_splits split rsplit splitlines strip lstrip rstrip lower upper title capitalize startswith
    endswith format encode decode zfill ljust rjust center find rfind index isdigit isalpha isalnum isnumeric
    casefold swapcase removeprefix removesuffix union intersection difference symmetric_difference issubset
    issuperset isdisjoint most_common strftime isoformat timestamp date time total_seconds group groups groupdict
    span select_dtypes memory_usage add_prefix add_suffix div mul sub floordiv mod pow eq ne lt le gt ge kurt skew
    sem xs take filter first last nth size ngroups get_group cumcount prob logpdf pdf cdf ppf toarray todense
    get_dummies tz_localize tz_convert day_name month_name conj summary as_integer_ratio exists is_file is_dir
    mkdir read_text read_bytes glob rglob iterdir joinpath with_suffix resolve relative_to as_posix numpy cpu
    debug warning error critical exception isEnabledFor getEffectiveLevel
    detach tobytes bit_length is_integer hex evaluate asfreq corrwith get_prediction findall match search
    combine_first asof repeat contains extract json conf_int plot_diagnostics predict_classes get_booster write_text
    parameters __len__ __contains__ __getitem__
    """
)
"""Methods that leave their object as it is (unless told ``inplace=True``), and what they are given too."""

KEEPS_ARGUMENTS = MUTATING_METHODS | PURE_METHODS
"""Methods that do not change their arguments."""

PURE_BUILTINS = _words(
    """
    len print sum min max sorted list dict set tuple str int float bool repr abs round range enumerate zip map
    filter isinstance issubclass type any all hash id ord chr bin oct hex divmod pow reversed iter callable
    hasattr getattr frozenset bytes bytearray complex format ascii slice memoryview display super object help
    input vars dir property staticmethod classmethod open
    """
)

PLAIN_BUILTINS = frozenset(
    [
        "len",
        "print",
        "int",
        "float",
        "str",
        "bool",
        "repr",
        "round",
        "isinstance",
        "issubclass",
        "hash",
        "id",
        "ord",
        "chr",
        "bin",
        "hex",
        "hasattr",
        "range",
    ]
)
"""Builtins whose result cannot contain what they were given."""

PLAIN_METHODS = _words(
    """
    score predict predict_proba predict_log_proba decision_function mean std var median nunique corr shape tolist
    to_numpy count format strip lower upper startswith endswith strftime isoformat total_seconds item
    """
)
"""Methods whose result is plain numbers or text, whatever the object contains."""

CONSUMERS = _words(
    """
    sorted min max any all sum list tuple set dict len join apply applymap map agg aggregate transform assign pipe
    groupby sort sort_values sort_index rename filter reduce query resample print nlargest nsmallest
    """
)
"""Callees that run a function or generator they are given, and do not keep it (``map`` of a frame; not the builtin)."""

ITERATORS = _words(
    """
    enumerate zip reversed iter list tuple sorted set filter chain tqdm
    """
)
ITEM_VIEWS = _words(
    """
    items values iteritems itervalues
    """
)
SAME_OBJECT_BUILTINS = _words(
    """
    iter reversed zip enumerate list tuple dict sorted filter map
    """
)
SAME_OBJECT_METHODS = _words(
    """
    reshape ravel view transpose squeeze swapaxes get setdefault items values keys fit set_params train eval to
    cuda pop popitem get_group parameters __getitem__ axes flat
    """
)
"""Methods that may hand back their object, a view of it, or one of its items."""

KEEPERS = _words(
    """
    Pipeline make_pipeline ColumnTransformer make_column_transformer FeatureUnion make_union VotingClassifier
    VotingRegressor SelectFromModel TransformedTargetRegressor Sequential Model DataLoader Subset DataFrame Series asarray
    partial deque defaultdict OrderedDict Adam AdamW SGD RMSprop
    """
)
"""Callees whose result works on the very objects it was made from: fitting a pipeline fits its steps."""

ACCESSORS = frozenset({"plot", "str", "dt", "cat"})
"""Attributes of frames and series whose methods leave them as they are."""

FIRST_ARGUMENT = _words(
    """
    random.shuffle numpy.random.shuffle heapq.heappush heapq.heappop heapq.heapify heapq.heapreplace
    heapq.heappushpop bisect.insort bisect.insort_left bisect.insort_right numpy.put numpy.copyto
    numpy.fill_diagonal numpy.place numpy.putmask numpy.put_along_axis random.Random.shuffle operator.setitem
    operator.delitem operator.iadd
    """
)
"""Library functions that change their first argument."""

FIRST_ARGUMENT_METHODS = frozenset({"shuffle"})
"""Methods that change what they are given: ``rng.shuffle(rows)``."""

FIRST_ARGUMENT_BUILTINS = frozenset({"next", "setattr", "delattr", "anext"})

PURE_MODULES = (
    "numpy", "pandas", "matplotlib", "seaborn", "math", "statistics", "time", "datetime", "json", "os", "re",
    "collections", "itertools", "functools", "operator", "copy", "sys", "glob", "pathlib", "string", "textwrap",
    "pprint", "warnings", "logging", "hashlib", "scipy", "sklearn", "statsmodels", "sympy", "patsy", "keras",
    "tensorflow", "shap", "joblib.dump", "pickle.dumps", "pickle.dump", "IPython.display", "plotly.express",
    "random", "gc.collect", "types", "typing", "dataclasses", "timeit", "tqdm", "xgboost.DMatrix",
    "xgboost.XGBClassifier", "xgboost.XGBRegressor", "lightgbm.LGBMClassifier", "lightgbm.LGBMRegressor",
    "imblearn",
)  # fmt: skip
"""Modules (or single functions) that do not change what they are given, unless through ``out=``."""

CONVENTIONS = {
    "pd": "pandas", "np": "numpy", "plt": "matplotlib.pyplot", "sns": "seaborn", "mpl": "matplotlib",
    "tf": "tensorflow",
    "warnings": "warnings", "os": "os", "sys": "sys", "random": "random", "torch": "torch", "matplotlib": "matplotlib",
    "pandas": "pandas", "numpy": "numpy", "logging": "logging", "sklearn": "sklearn",
    "rcParams": "matplotlib.rcParams",
}  # fmt: skip
"""What these names mean when nothing in the notebook binds them (``%pylab``, star imports)."""

NO_RESULT_CALLS = _words(
    """
    print display exec setattr delattr help exit quit
    """
)
NO_RESULT_METHODS = _words(
    """
    append extend insert remove clear sort reverse update add discard shuffle seed show info close savefig
    tight_layout set_option reset_option filterwarnings simplefilter use
    """
)
"""Calls whose result is ``None``: a notebook shows nothing for them."""
