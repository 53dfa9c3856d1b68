/// When an event says that it happened.
extension EventDecoder {
    func timestamp(_ envelope: Envelope, _ walk: JSONWalk) throws(Rejection) -> Milliseconds? {
        let place = envelope.isCloudEvent ? envelope.time : envelope.timestamp
        if place == 0 { return nil }
        let instant: Milliseconds
        switch walk.character(place) {
        case UInt8(ascii: "\""):
            guard let text = walk.string(place) else { throw Rejection(.notJSON) }
            guard let parsed = Timestamp.parse(text) else { throw Rejection(.timestamp) }
            instant = parsed
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            switch JSONScalar.number(walk.scalar(place)) {
            case .double(let number):
                // Below 10^11 milliseconds is before 1973: then it counts seconds.
                let scaled = number.magnitude < 1e11 ? number * 1000 : number
                guard scaled.magnitude < 1e15 else { throw Rejection(.timestampRange) }
                instant = Milliseconds(scaled)
            case .malformed: throw Rejection(.notJSON)
            case .outOfRange: throw Rejection(.timestampRange)
            }
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "t"), UInt8(ascii: "f"): throw Rejection(.type)
        default: throw Rejection(.notJSON)
        }
        guard instant >= Timestamp.earliestMs, instant < Timestamp.endMs else { throw Rejection(.timestampRange) }
        return instant
    }
}
