import Pipeline

/// Swift Testing has a type of that name too; in these tests it is ours.
typealias ExitStatus = Pipeline.ExitStatus
