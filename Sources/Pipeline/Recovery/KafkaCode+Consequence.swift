extension KafkaCode {
    /// What an error of Kafka's leads to, where nothing is known but its code.
    public enum Consequence: Hashable, Sendable {
        /// Passes by itself: brokers that start, elect, are asked too much. Tried again.
        case wait
        /// Is over with another client. Tried again.
        case retry
        /// One record brings it about, whoever sends it: its row's rule decides (`onError`, `onOversize`).
        case failedRow
        /// A person must act.
        case stop(ExitStatus)
    }

    /// The table: a code that it does not have, of a later librdkafka, is tried again with the library's own words.
    public var consequence: Consequence {
        switch self {
        case .msgSizeTooLarge, .recordListTooLarge, .invalidTimestamp, .invalidRecord, .localUnknownPartition,
            .localInvalidDifferentRecord:
            .failedRow
        case .unknownTopicOrPart, .unknownTopicId, .localUnknownTopic, .unsupportedVersion, .localUnsupportedFeature,
            .unsupportedForMessageFormat, .policyViolation, .invalidConfig, .invalidPartitions,
            .invalidReplicaAssignment:
            .stop(.unavailable)
        case .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed,
            .transactionalIdAuthorizationFailed, .delegationTokenAuthorizationFailed, .delegationTokenExpired,
            .saslAuthenticationFailed, .unsupportedSaslMechanism, .localAuthentication:
            .stop(.permission)
        case .topicException, .invalidRequiredAcks, .invalidTransactionTimeout, .unsupportedCompressionType,
            .localInvalidArg, .localUnknownProtocol, .localNotConfigured, .localNotImplemented:
            .stop(.configuration)
        case .leaderNotAvailable, .notLeaderForPartition, .requestTimedOut, .brokerNotAvailable,
            .replicaNotAvailable, .networkException, .coordinatorLoadInProgress, .coordinatorNotAvailable,
            .notCoordinator, .notEnoughReplicas, .notEnoughReplicasAfterAppend, .invalidReplicationFactor,
            .notController, .concurrentTransactions, .kafkaStorageError, .reassignmentInProgress, .listenerNotFound,
            .fencedLeaderEpoch, .unknownLeaderEpoch, .staleBrokerEpoch, .offsetNotAvailable,
            .preferredLeaderNotAvailable, .eligibleLeadersNotAvailable, .throttlingQuotaExceeded, .staleCtrlEpoch,
            .principalDeserializationFailure, .logDirNotFound, .localTransport, .localResolve, .localAllBrokersDown,
            .localTimedOut, .localTimedOutQueue, .localMsgTimedOut, .localSsl, .localWaitCoord, .localWaitCache,
            .localIsrInsuff, .localQueueFull:
            .wait
        // A client that the brokers do not know any more, or that has been taken over from.
        case .outOfOrderSequenceNumber, .duplicateSequenceNumber, .invalidProducerEpoch, .invalidTxnState,
            .invalidProducerIdMapping, .transactionCoordinatorFenced, .unknownProducerId, .producerFenced,
            .transactionAbortable, .inconsistentTopicId, .rebootstrapRequired, .localFenced, .localFatal,
            .localInconsistent, .localGaplessGuarantee, .localPurgeQueue, .localPurgeInflight, .localState,
            .localConflict, .localInProgress, .localPrevInProgress, .localRetry, .localIntr, .localDestroy,
            .localDestroyBroker, .localOutdated, .localPartial, .localUnknownBroker, .localNodeUpdate:
            .retry
        // Bytes that arrived otherwise than they were sent, and resources of this machine.
        case .invalidMsg, .invalidMsgSize, .unknown, .noError, .invalidRequest, .illegalSaslState, .localBadMsg,
            .localBadCompression, .localFail, .localUnderflow, .localFs, .localCritSysResource, .localPartitionEof,
            .localLogTruncation, .localAutoOffsetReset, .offsetOutOfRange, .localNoOffset:
            .retry
        // Answers to requests that are never made here: groups, tokens, elections, raft, telemetry, shares, streams.
        case .offsetMetadataTooLarge, .illegalGeneration, .inconsistentGroupProtocol, .invalidGroupId,
            .unknownMemberId, .invalidSessionTimeout, .rebalanceInProgress, .invalidCommitOffsetSize,
            .topicAlreadyExists, .securityDisabled, .operationNotAttempted, .delegationTokenAuthDisabled,
            .delegationTokenNotFound, .delegationTokenOwnerMismatch, .delegationTokenRequestNotAllowed,
            .invalidPrincipalType, .nonEmptyGroup, .groupIdNotFound, .fetchSessionIdNotFound,
            .invalidFetchSessionEpoch, .topicDeletionDisabled, .memberIdRequired, .groupMaxSizeReached,
            .fencedInstanceId, .electionNotNeeded, .noReassignmentInProgress, .groupSubscribedToTopic,
            .unstableOffsetCommit, .resourceNotFound, .duplicateResource, .unacceptableCredential,
            .inconsistentVoterSet, .invalidUpdateVersion, .featureUpdateFailed, .fencedMemberEpoch,
            .unreleasedInstanceId, .unsupportedAssignor, .staleMemberEpoch, .mismatchedEndpointType,
            .unsupportedEndpointType, .unknownControllerId, .unknownSubscriptionId, .telemetryTooLarge,
            .invalidRegistration, .invalidRecordState, .shareSessionNotFound, .invalidShareSessionEpoch,
            .fencedStateEpoch, .invalidVoterKey, .duplicateVoter, .voterNotFound, .invalidRegularExpression,
            .streamsInvalidTopology, .streamsInvalidTopologyEpoch, .streamsTopologyFenced,
            .shareSessionLimitReached, .localUnknownGroup, .localExistingSubscription, .localAssignPartitions,
            .localRevokePartitions, .localKeySerialization, .localValueSerialization, .localKeyDeserialization,
            .localValueDeserialization, .localReadOnly, .localNoent, .localInvalidType, .localMaxPollExceeded,
            .localApplication, .localAssignmentLost, .localNoop:
            .retry
        }
    }

    /// How a process ends whose error this is and that does not try again.
    public var exitStatus: ExitStatus {
        switch consequence {
        case .wait, .retry: .unavailable
        case .failedRow: .data
        case .stop(let status): status
        }
    }

    /// Whether another producer has the `transactional.id`: the instance that takes the slot takes that too.
    public var isFencing: Bool {
        switch self {
        case .localFenced, .producerFenced, .invalidProducerEpoch: true
        default: false
        }
    }

    /// Whether the client takes the topic for missing, or for one with fewer partitions than it has. What it says rests on
    /// metadata that may be minutes old.
    public var isMissingTopic: Bool {
        switch self {
        case .unknownTopicOrPart, .unknownTopicId, .localUnknownTopic, .localUnknownPartition: true
        default: false
        }
    }
}
