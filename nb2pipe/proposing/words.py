"""What well-known calls do in a data notebook: facts, as tables."""

from __future__ import annotations

import re
from enum import StrEnum


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


class Work(StrEnum):
    """What a cell does. The values are the names of steps that do nothing else."""

    LOAD = "load"
    CLEAN = "clean"
    FEATURES = "features"
    SPLIT = "split"
    TRAIN = "train"
    TUNE = "tune"
    EVALUATE = "evaluate"
    EXPLORE = "explore"
    PLOT = "plots"
    SAVE = "save"


WEIGHT = {
    Work.LOAD: 4.0,
    Work.SPLIT: 4.0,
    Work.TRAIN: 5.0,
    Work.TUNE: 5.0,
    Work.EVALUATE: 3.0,
    Work.FEATURES: 3.0,
    Work.CLEAN: 2.0,
    Work.SAVE: 1.5,
    Work.PLOT: 1.0,
    Work.EXPLORE: 0.6,
}
"""How much a call of each kind says about the cell that holds it."""

_CALLS = {
    Work.LOAD: """read_csv read_excel read_json read_parquet read_table read_sql read_pickle read_feather read_html
        read_fwf read_stata read_sas read_hdf loadtxt genfromtxt load_iris load_wine load_digits load_diabetes
        load_breast_cancer load_boston load_dataset load_files fetch_openml fetch_california_housing
        fetch_20newsgroups fetch_lfw_people fetch_olivetti_faces make_classification make_regression make_blobs
        make_moons make_circles make_friedman1 make_swiss_roll make_s_curve load_data load_pandas get_rdataset
        DictReader imread loadmat""",
    Work.CLEAN: """dropna fillna drop drop_duplicates rename replace astype to_datetime to_numeric reset_index
        set_index interpolate ffill bfill merge join concat melt pivot pivot_table groupby resample sort_values
        explode stack unstack""",
    Work.FEATURES: """get_dummies StandardScaler MinMaxScaler RobustScaler MaxAbsScaler Normalizer LabelEncoder
        OneHotEncoder OrdinalEncoder LabelBinarizer ColumnTransformer PolynomialFeatures CountVectorizer
        TfidfVectorizer TfidfTransformer DictVectorizer HashingVectorizer SimpleImputer KNNImputer SelectKBest
        SelectFromModel RFE cut qcut scale SMOTE RandomOverSampler RandomUnderSampler FunctionTransformer
        mutual_info_classif factorize ngrams word_tokenize""",
    Work.SPLIT: "train_test_split TimeSeriesSplit StratifiedShuffleSplit temporal_train_test_split",
    Work.TRAIN: """fit fit_predict partial_fit ols OLS GLM GLS WLS Logit Probit glm ARIMA SARIMAX AutoReg
        cross_val_score cross_validate cross_val_predict learning_curve""",
    Work.TUNE: """GridSearchCV RandomizedSearchCV HalvingGridSearchCV validation_curve BayesSearchCV""",
    Work.EVALUATE: """score accuracy_score balanced_accuracy_score precision_score recall_score f1_score fbeta_score
        roc_auc_score average_precision_score log_loss r2_score mean_squared_error mean_absolute_error
        root_mean_squared_error mean_absolute_percentage_error median_absolute_error explained_variance_score
        silhouette_score adjusted_rand_score normalized_mutual_info_score confusion_matrix classification_report
        roc_curve precision_recall_curve auc jaccard_score cohen_kappa_score matthews_corrcoef
        mean_squared_log_error brier_score_loss predict predict_proba evaluate ConfusionMatrixDisplay
        plot_confusion_matrix RocCurveDisplay plot_roc_curve forecast get_prediction from_predictions""",
    Work.PLOT: """plot hist scatter bar barh boxplot heatmap countplot histplot distplot pairplot violinplot
        lineplot barplot scatterplot kdeplot jointplot regplot lmplot catplot FacetGrid subplots figure imshow
        pie contourf stripplot swarmplot relplot displot clustermap scatter_matrix plot_acf plot_pacf""",
    Work.EXPLORE: """head tail info describe value_counts unique nunique corr isnull isna sample display
        crosstab""",
    Work.SAVE: "to_csv to_excel to_pickle to_parquet to_json dump save savefig savez to_sql",
}
WORK_OF = {call: work for work, calls in _CALLS.items() for call in calls.split()}
"""Last name of a call -> what it does."""

SCORES = words(
    """
    accuracy_score balanced_accuracy_score precision_score recall_score f1_score fbeta_score roc_auc_score
    average_precision_score log_loss r2_score mean_squared_error mean_absolute_error root_mean_squared_error
    mean_absolute_percentage_error median_absolute_error explained_variance_score silhouette_score
    adjusted_rand_score adjusted_mutual_info_score normalized_mutual_info_score auc jaccard_score
    cohen_kappa_score matthews_corrcoef mean_squared_log_error brier_score_loss hamming_loss homogeneity_score
    completeness_score v_measure_score davies_bouldin_score calinski_harabasz_score
    """
)
"""Functions whose result is one number that tells how good a model is."""

SCORE_WORDS = re.compile(
    r"(^|_)(acc|accuracy|rmse|mse|mae|mape|rmsle|r2|auc|f1|precision|recall|log_?loss|score|silhouette|aic|bic)\d*(_|$)",
    re.IGNORECASE,
)
"""Names that people give to scores."""

ESTIMATOR = re.compile(r"[A-Z]\w*(Classifier|Regressor|Regression|CV|NB|SVC|SVR|Means|Clustering|Mixture|Forest)")
ESTIMATORS = words(
    """
    SVC SVR LinearSVC LinearSVR NuSVC Ridge Lasso ElasticNet Lars Perceptron KMeans DBSCAN PCA TSNE NMF UMAP
    MiniBatchKMeans MeanShift GaussianMixture AgglomerativeClustering SpectralClustering Birch OPTICS OLS GLM
    Logit ARIMA SARIMAX AutoReg Prophet VAR ExponentialSmoothing Holt IsolationForest OneClassSVM
    LocalOutlierFactor LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis TruncatedSVD Isomap
    """
)
"""Classes of models; most others end as :data:`ESTIMATOR` says."""
TUNERS = frozenset(["GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "BayesSearchCV", "RFECV"])

UNFIT = words(
    """
    subplots figure gca add_subplot axes connect cursor reader writer DictReader open imap
    """
)
UNFIT_BUILTINS = words(
    """
    open iter zip map filter count cycle subplots reader
    """
)
"""Methods and functions whose results live in one process (figures, files, connections, iterators)."""

LOOKS = words(
    """
    head tail info describe value_counts unique nunique corr cov isnull isna notnull notna sum mean median std
    var min max count quantile mode any all groupby size agg first last nlargest nsmallest sort_values
    sort_index dtypes select_dtypes pivot_table crosstab to_frame reset_index round abs idxmin idxmax items keys
    values tolist to_list get format join upper lower replace strip duplicated copy reshape astype pivot unstack
    stack rename transpose T drop dropna fillna memory_usage skew kurt ravel flatten query set_index
    """
)
"""Methods that only look, whatever they are called on (and make a new object where they give one)."""
DRAWS = words(
    """
    plot hist scatter bar barh boxplot heatmap countplot histplot distplot pairplot violinplot scatterplot
    kdeplot subplots figure imshow pie contourf contour show title xlabel ylabel xticks yticks legend grid
    suptitle tight_layout subplot axhline axvline text annotate colorbar axis xlim ylim set_title set_xlabel
    set_ylabel set_xticklabels set_yticklabels set_xlim set_ylim set_xticks set_yticks tick_params fill_between
    stem step hlines vlines line area kde box density hexbin set_axis_labels despine matshow subplots_adjust
    twinx gca gcf set_size_inches
    """
)
"""Functions and methods that draw without taking random numbers (seaborn's ``barplot`` and ``regplot`` take some)."""
LOOKING_BUILTINS = words(
    """
    len print type sorted range list set dict tuple sum max min round str int float bool zip enumerate abs
    display any all isinstance repr dir
    """
)
