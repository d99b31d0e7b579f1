import Configuration
import Pipeline

/// What the configuration wants of the pipeline.
extension Settings {
    var pipelinePlan: PipelinePlan {
        var plan = PipelinePlan(
            rules: mapping,
            batch: BatchLimits(
                records: kafka.producerBatchSize, bytes: kafka.producerBatchBytes,
                ticker: kafka.producerBatchTickerDuration),
            memoryLimit: memoryLimit, shutdownTimeout: shutdownTimeout,
            activityCheckerInterval: cdc.slot.activityCheckerInterval, position: positionPlan,
            snapshot: snapshotPlan)
        plan.requests = requestPolicy
        return plan
    }

    /// Whose requests for snapshots the daemon follows.
    var requestPolicy: RequestPolicy {
        switch cdc.snapshot.onDemand {
        case .off: .off
        case .anyone: .anyone
        case .signed:
            // Without a secret no settings are made of a file.
            cdc.snapshot.requestSecret.map { .signed(RequestKey($0.reveal())) } ?? .off
        }
    }

    private var snapshotPlan: SnapshotPlan {
        var plan = SnapshotPlan()
        plan.mode =
            switch cdc.snapshot.mode {
            case .never: .never
            case .initial: .initial
            case .snapshotOnly: .only
            }
        plan.chunkSize = cdc.snapshot.chunkSize
        plan.parallelism = cdc.snapshot.parallelism
        plan.maxRate = cdc.snapshot.maxRate
        plan.maxTransactionDuration = cdc.snapshot.maxTransactionDuration
        return plan
    }

    private var positionPlan: PositionPlan {
        var plan = PositionPlan()
        plan.delivery =
            switch kafka.delivery {
            case .atLeastOnce: .atLeastOnce
            case .exactlyOnce: .exactlyOnce
            }
        plan.stateTopic = kafka.stateTopic
        plan.onGap =
            switch cdc.slot.onGap {
            case .stop: .stop
            case .accept: .accept
            }
        plan.commitInterval = kafka.exactlyOnce.commitInterval
        plan.maxTransactionBytes = kafka.exactlyOnce.maxTransactionBytes
        plan.transactionTimeout = kafka.exactlyOnce.transactionTimeout
        return plan
    }
}
