import CRDKafka

/// Member, generation and instance id at one moment: what fences a commit. Not Sendable; short-lived.
public final class GroupMetadata {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// One made up: for members that are another process's, and for tests of fencing.
    public init(group: String, generation: Int32, member: String, instance: String?) {
        pointer = rd_kafka_consumer_group_metadata_new_with_genid(group, generation, member, instance)
    }

    deinit { rd_kafka_consumer_group_metadata_destroy(pointer) }
}
