@testable import pqcdc_kafka

/// Swift Testing has a type of that name too; in these tests it is ours.
typealias ExitStatus = pqcdc_kafka.ExitStatus
