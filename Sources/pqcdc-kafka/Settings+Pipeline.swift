import Configuration
import Pipeline

/// What the configuration wants of the pipeline.
extension Settings {
    var pipelinePlan: PipelinePlan {
        PipelinePlan(
            rules: mapping,
            batch: BatchLimits(
                records: kafka.producerBatchSize, bytes: kafka.producerBatchBytes,
                ticker: kafka.producerBatchTickerDuration),
            memoryLimit: memoryLimit, shutdownTimeout: shutdownTimeout,
            activityCheckerInterval: cdc.slot.activityCheckerInterval, position: positionPlan)
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
