import Pipeline
import Postgres
import ReplicationProtocol

/// A slot's changes, being streamed.
final class PostgresChangeStream: ChangeStream {
    private let stream: ReplicationStream

    init(_ stream: ReplicationStream) { self.stream = stream }

    var socket: Int32 { stream.socket }
    var wantsToWrite: Bool { stream.wantsToWrite }

    func receive(into chunk: inout WALChunk, limit: Int) throws(PipelineError) -> Bool {
        do { return try stream.receive(into: &chunk, limit: limit) } catch { throw PipelineError(source: error) }
    }

    func send(_ update: StandbyStatusUpdate) throws(PipelineError) {
        do { try stream.send(update) } catch { throw PipelineError(source: error) }
    }

    func flush() throws(PipelineError) {
        do { try stream.flush() } catch { throw PipelineError(source: error) }
    }

    func end(deadline: ContinuousClock.Instant) throws(PipelineError) {
        do { try stream.end(deadline: deadline) } catch { throw PipelineError(source: error) }
    }
}
