internal import ReplicationProtocol

/// Changes of a key behind a snapshot's window.
extension Batcher {
    /// A row was not found by its key, whose values a snapshot may have missed: the stream is behind, and the row can have
    /// another key by now. Its change to that key, which is still to come, is completed then.
    func completeKeyChanges(of relation: OID) async throws(PipelineError) {
        guard assembler.isCompleting(relation) else { return }
        let end = try await catalog.walEnd()
        // While a request is followed, all is completed; this is for what comes behind it.
        let isRequested = assembler.requested?.relation.oid == relation
        let threshold = isRequested ? followed?.threshold : assembler.thresholds[relation]
        guard let threshold, threshold.keyChangesBelow < end else { return }
        if isRequested {
            followed?.threshold?.completeKeyChanges(below: end)
        } else {
            assembler.completeKeyChanges(of: relation, below: end)
        }
        settled?.completeKeyChanges(of: relation, below: end)
        // The next start has to know, if it comes between the two changes; the position of the first goes behind this.
        for progress in settled?.takeChanged() ?? [] {
            try beginTransaction(bytes: 0)
            try await sendState(key: progress.key(of: start.identity), value: progress.json, confirmable: nil)
        }
    }
}
