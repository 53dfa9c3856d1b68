/// Why an input record cannot be applied. Its text is the dead letter's header and a metric's label.
public enum DeadLetterReason: UInt8, Sendable, CaseIterable {
    case notJSON, tombstone, key, tooLarge, depth, type, name, timestamp, timestampRange, number, poison

    public var label: String {
        switch self {
        case .notJSON: "notJSON"
        case .tombstone: "tombstone"
        case .key: "key"
        case .tooLarge: "tooLarge"
        case .depth: "depth"
        case .type: "type"
        case .name: "name"
        case .timestamp: "timestamp"
        case .timestampRange: "timestampRange"
        case .number: "number"
        case .poison: "poison"
        }
    }

    /// What is wrong and what to do, for the dead letter's reader.
    public var explanation: String {
        switch self {
        case .notJSON: "the value is not a JSON object in valid UTF-8"
        case .tombstone: "the record has no value; deleting a person is a command, not a tombstone"
        case .key: "the record's key must be the person's id: 1 to 255 bytes of UTF-8 without control characters"
        case .tooLarge: "the value is larger than 256 KiB; send a reference instead of the content"
        case .depth: "objects and arrays are nested deeper than 64 levels"
        case .type:
            "a field has the wrong type: event and type are strings; properties, context and traits objects; timestamp a string or a number"
        case .name:
            "there is no event name: set \"event\", or \"type\" for a page, screen, identify or group call or a CloudEvent"
        case .timestamp: "the timestamp is neither RFC 3339 nor a number of milliseconds (or seconds) since 1970"
        case .timestampRange:
            "the event's or the record's timestamp lies before 1980 or after 2099: check the producer's clock and unit"
        case .number: "a number that a rule reads is larger than a double can hold"
        case .poison:
            "applying it has ended the worker's process twice, so it was skipped: that is a fault of Beckon, please report it; beckon dead-letters replay tries it again with a version in which it is mended"
        }
    }
}
