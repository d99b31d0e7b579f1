/// Why no row may go to a topic that it names.
public enum TopicRefusal: Int32, Error {
    /// Kafka or the pipeline keeps the topic for itself.
    case taken = -1
    /// The topic does not exist, and may not be created.
    case missing = -2
}
