import Testing

extension Tag {
    /// Needs a real Kafka, and is disabled where there is none.
    @Tag static var kafka: Self
}
