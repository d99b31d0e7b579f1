extension KafkaCode {
    /// What to do about it, or, where it is tried again, whether anybody has to act.
    public var advice: String {
        switch self {
        case .msgSizeTooLarge:
            "raise the topic's max.message.bytes, and message.max.bytes in kafka.properties, or see onOversize; if no row "
                + "is that large, the client has joined rows: set batch.size in kafka.properties to less than the topic's "
                + "limit. The row is not skipped"
        case .recordListTooLarge:
            "raise the topic's segment.bytes, or set batch.size in kafka.properties to less, or see onOversize; the row is "
                + "not skipped"
        case .invalidTimestamp:
            "with timestamp: commit records have the time of their transaction, and the topic refuses it: raise its "
                + "message.timestamp.before.max.ms and message.timestamp.after.max.ms, set message.timestamp.type to "
                + "LogAppendTime, remove timestamp from the rule, or see onError; the row is not skipped"
        case .invalidRecord:
            "a compacted topic takes no record without a key: give the table a key rule; if the brokers check records by "
                + "rules of their own, see their logs; or see onError. The row is not skipped"
        case .localInvalidDifferentRecord: "see the brokers' logs for the record that they refused beside this one"
        case .localUnknownPartition: "give the topic more partitions, or see mapping's partition and onError"
        case .unknownTopicOrPart, .unknownTopicId, .localUnknownTopic:
            "create the topic, or let the brokers create topics (auto.create.topics.enable)"
        case .topicException: "correct the topic's name"
        case .unsupportedVersion, .localUnsupportedFeature:
            "use brokers of Kafka 0.11 or later, for exactly-once of 2.5 or later; see api.version.request in "
                + "kafka.properties"
        case .unsupportedForMessageFormat: "raise the topic's message.format.version to 0.11 or later"
        case .unsupportedCompressionType: "name another kafka.compression; zstd needs brokers of Kafka 2.1 or later"
        case .policyViolation, .invalidConfig, .invalidPartitions, .invalidReplicaAssignment:
            "the cluster has rules for topics: create the topic by hand, as pqcdc-kafka setup --dry-run prints it"
        case .invalidRequiredAcks, .localInvalidArg, .localUnknownProtocol:
            "correct the kafka section of the configuration"
        case .localNotConfigured, .localNotImplemented:
            "this librdkafka was built without what kafka.properties asks for: install a complete one, or remove it"
        case .invalidTransactionTimeout:
            "make kafka.exactlyOnce.transactionTimeout no longer than the brokers' transaction.max.timeout.ms"
        case .topicAuthorizationFailed:
            "give the client's principal WRITE and DESCRIBE on the topic, READ as well on the one of kafka.stateTopic"
        case .transactionalIdAuthorizationFailed:
            "give the client's principal WRITE and DESCRIBE on its transactional.id (pqcdc-kafka validate --online "
                + "prints the command)"
        case .clusterAuthorizationFailed:
            "give the client's principal IDEMPOTENT_WRITE on the cluster, which brokers before 2.8 ask for; to create the "
                + "state topic, CREATE"
        case .groupAuthorizationFailed, .delegationTokenAuthorizationFailed, .delegationTokenExpired:
            "see the brokers' logs for what the client's principal lacks"
        case .saslAuthenticationFailed, .localAuthentication, .unsupportedSaslMechanism:
            "check user name, password and SASL mechanism in the kafka section"
        case .notEnoughReplicas, .notEnoughReplicasAfterAppend, .localIsrInsuff:
            "nothing is lost, the slot keeps the WAL; fewer replicas are in sync than min.insync.replicas asks for: see "
                + "which brokers are down"
        case .invalidReplicationFactor:
            "nothing is lost; the topic wants more replicas than there are brokers now: see which brokers are down"
        case .kafkaStorageError, .logDirNotFound:
            "nothing is lost, the slot keeps the WAL; see the brokers' disks and their logs"
        case .throttlingQuotaExceeded: "nothing is lost, the slot keeps the WAL; see the quotas of this client"
        case .localFs, .localCritSysResource:
            "nothing is lost, the slot keeps the WAL; see this machine's memory, and the process's limits on open files "
                + "and threads"
        case .invalidMsg, .invalidMsgSize, .localBadMsg, .localBadCompression, .localUnderflow:
            "nothing is lost, the slot keeps the WAL; bytes arrived otherwise than they were sent: see the network, and "
                + "proxies between client and brokers"
        case .localFenced, .producerFenced, .invalidProducerEpoch, .transactionCoordinatorFenced:
            "see whether another instance has the slot; if none has, raise kafka.exactlyOnce.transactionTimeout"
        default:
            switch consequence {
            case .wait: "nothing is lost, the slot keeps the WAL; if it lasts, see the brokers' logs"
            case .retry, .failedRow, .stop: "nothing is lost, the slot keeps the WAL; see the brokers' logs"
            }
        }
    }
}
