"""The built-in tasks, one file a topology, each written as a user would write their own."""

if __name__ != "seqtasks.tasks":
    raise ImportError(
        "these are the tasks of the package seqtasks; import them as `seqtasks.tasks`, "
        f"not as `{__name__}`"
    )
