"""Who may open what, written plainly. A new address or table fails a test until it stands here."""

NOBODY: frozenset[str] = frozenset()
SUPERUSER = NOBODY | {"superuser"}
OPERATORS = SUPERUSER | {"Operators"}
DATA_STAFF = OPERATORS | {"Data staff"}
# The groups of the tests all have staff status, also Managers, who do not need it.
STAFF = DATA_STAFF | {"Managers"}
READERS = STAFF | {"reader"}
EVERYBODY = READERS | {"stranger"}

# By the name of the address.
PAGES = {
    "healthz": EVERYBODY,
    "readyz": EVERYBODY,
    "login": EVERYBODY,
    "metrics": OPERATORS,
    "summaries:overview": READERS,
    "summaries:daily": READERS,
    "summaries:monthly": READERS,
    "summaries:yearly": READERS,
    "summaries:choose": READERS,
    "summaries:choose-daily": READERS,
    "summaries:choose-monthly": READERS,
    "summaries:choose-yearly": READERS,
    "summaries:farms": READERS,
    "summaries:farm": READERS,
    "summaries:lead-parties": READERS,
    "summaries:lead-party": READERS,
    "summaries:compare-miners": READERS,
    "summaries:compare-farms": READERS,
    "summaries:status": READERS,
    "choose-record": DATA_STAFF,
    "correct-record": DATA_STAFF,
    "upload-corrections": DATA_STAFF,
    "correction-template-csv": DATA_STAFF,
    "correction-template-xlsx": DATA_STAFF,
    "withdraw-corrections": DATA_STAFF,
    "withdraw-correction": DATA_STAFF,
    "suspect-day": DATA_STAFF,
    "report-cache": OPERATORS,
    "pool": OPERATORS,
    "refetch": OPERATORS,
    "start-backfill": OPERATORS,
    "scheduled-fetching": STAFF,
    "work": STAFF,
    "admin:index": STAFF,
    "admin:login": EVERYBODY,
    "admin:password_change": STAFF,
    "admin:password_change_done": STAFF,
    "admin:jsi18n": STAFF,
    "admin:autocomplete": NOBODY,
}
# They answer POST only: see test_actions.py.
ACTIONS = {"logout", "admin:logout", "day-action"}
# Addresses that lead on to others of this table, or nowhere.
LEADING_ON = {"admin:app_list", "admin:"}

# Tables of the admin: who may look, add, change, delete.
TABLES = {
    "auth.group": (SUPERUSER, SUPERUSER, SUPERUSER, SUPERUSER),
    "auth.user": (SUPERUSER, SUPERUSER, SUPERUSER, SUPERUSER),
    "axes.accessattempt": (OPERATORS, NOBODY, NOBODY, OPERATORS),
    "curtailment.backfill": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "curtailment.bmunit": (DATA_STAFF, NOBODY, DATA_STAFF, NOBODY),
    "curtailment.correction": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "curtailment.correctionbatch": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "curtailment.curtailmentrecord": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "curtailment.ingestionprogress": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "curtailment.suspectday": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "curtailment.windgeneration": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "django_q.failure": (OPERATORS, NOBODY, SUPERUSER, SUPERUSER),
    "django_q.ormq": (OPERATORS, NOBODY, SUPERUSER, SUPERUSER),
    "django_q.schedule": (OPERATORS, NOBODY, OPERATORS, NOBODY),
    "django_q.success": (OPERATORS, NOBODY, SUPERUSER, SUPERUSER),
    "mining.bitcoincalculation": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "mining.bitcoinprice": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "mining.difficultyepoch": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "mining.minermodel": (DATA_STAFF, OPERATORS, OPERATORS, NOBODY),
    "summaries.bitcoindailysummary": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "summaries.bitcoinfarmdailysummary": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "summaries.bitcoinmonthlysummary": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "summaries.bitcoinyearlysummary": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "summaries.dailysummary": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "summaries.farmdailysummary": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "summaries.monthlysummary": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
    "summaries.yearlysummary": (DATA_STAFF, NOBODY, NOBODY, NOBODY),
}
