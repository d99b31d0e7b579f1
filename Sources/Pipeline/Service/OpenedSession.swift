/// A session that has begun, and where its slot was.
struct OpenedSession: Sendable {
    let session: Session
    let start: SlotStart
}
