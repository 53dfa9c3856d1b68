/// What a decoder says of one record of the outcomes topic.
public struct DecodedOutcome: Equatable {
    public var type = OutcomeType.other
    /// What it makes of the decision; `open` where it says nothing about that.
    public var fate = DecisionFate.open
    /// nil for a text that is no decision's id.
    public var decision: ContentHash?
    /// Set where the record is a dead letter; then nothing else holds.
    public var rejection: DeadLetterReason?

    /// Of a type that is not known.
    public init() {}

    /// A dead letter, whatever its value may be.
    public init(_ rejection: DeadLetterReason) { self.rejection = rejection }
}

/// Reads what became of decisions: `type`, `decision` and `class` of a JSON object, in place. The rest is stepped over, as
/// events' is. Of a key that stands twice the last one counts. Not thread-safe.
public final class OutcomeDecoder {
    private let indexer: JSONIndexer
    private let arena = ScratchArena()

    public init(indexer: JSONIndexerOwner) { self.indexer = indexer.indexer }

    /// Forgets the strings of all outcomes decoded since.
    public func removeAll() { arena.removeAll() }

    /// - Parameter count: bytes; more than an event may have are refused.
    public func decode(_ json: UnsafeRawPointer?, count: Int) -> DecodedOutcome {
        guard let json else { return DecodedOutcome(.tombstone) }
        if count > EventDecoder.eventBytesMax { return DecodedOutcome(.tooLarge) }
        do throws(EventDecoder.Rejection) {
            guard let walk = indexer.index(json, count: count) else { throw EventDecoder.Rejection(.notJSON) }
            return try read(walk, try places(walk))
        } catch {
            return DecodedOutcome(error.reason)
        }
    }

    /// Where the members' values are; 0 where there is none.
    private struct Places {
        var type = 0
        var decision = 0
        var failureClass = 0
    }

    private func places(_ walk: JSONWalk) throws(EventDecoder.Rejection) -> Places {
        var places = Places()
        guard walk.character(0) == UInt8(ascii: "{") else { throw EventDecoder.Rejection(.notJSON) }
        var place = 1
        if walk.character(1) != UInt8(ascii: "}") {
            while true {
                guard walk.character(place) == UInt8(ascii: "\""), walk.character(place + 1) == UInt8(ascii: ":"),
                    let key = walk.string(place)
                else { throw EventDecoder.Rejection(.notJSON) }
                let value = place + 2
                if Self.equals(key, "type") {
                    places.type = value
                } else if Self.equals(key, "decision") {
                    places.decision = value
                } else if Self.equals(key, "class") {
                    places.failureClass = value
                }
                do throws(FaultThrown) { place = try walk.skip(value) } catch { throw EventDecoder.Rejection(error) }
                if walk.character(place) != UInt8(ascii: ",") { break }
                place += 1
            }
        }
        guard walk.character(place) == UInt8(ascii: "}"), place + 1 == walk.placeCount else {
            throw EventDecoder.Rejection(.notJSON)
        }
        return places
    }

    private func read(_ walk: JSONWalk, _ places: Places) throws(EventDecoder.Rejection) -> DecodedOutcome {
        guard let type = try text(walk, places.type) else { throw EventDecoder.Rejection(.outcome) }
        var outcome = DecodedOutcome()
        outcome.type = Self.type(type)
        switch outcome.type {
        case .converted, .other: return outcome
        case .delivered: outcome.fate = .sent
        case .expired, .recalled, .skipped: outcome.fate = .unsent
        case .failed:
            let isUnknown = try text(walk, places.failureClass).map { Self.equals($0, "unknown") } ?? false
            outcome.fate = isUnknown ? .sent : .unsent
        }
        guard let decision = try text(walk, places.decision) else { throw EventDecoder.Rejection(.outcome) }
        outcome.decision = ContentHash(digits: decision)
        return outcome
    }

    private static func type(_ text: Bytes) -> OutcomeType {
        switch text.count {
        case 6 where equals(text, "failed"): .failed
        case 7 where equals(text, "expired"): .expired
        case 7 where equals(text, "skipped"): .skipped
        case 8 where equals(text, "recalled"): .recalled
        case 9 where equals(text, "delivered"): .delivered
        case 9 where equals(text, "converted"): .converted
        default: .other
        }
    }

    /// nil where there is none, or something else than a string.
    private func text(_ walk: JSONWalk, _ place: Int) throws(EventDecoder.Rejection) -> Bytes? {
        guard place != 0, walk.character(place) == UInt8(ascii: "\"") else { return nil }
        guard let text = walk.string(place), let unescaped = JSONScalar.unescape(text, arena) else {
            throw EventDecoder.Rejection(.notJSON)
        }
        return unescaped
    }

    @inline(__always)
    private static func equals(_ text: Bytes, _ literal: StaticString) -> Bool {
        text.count == literal.utf8CodeUnitCount && equalBytes(text.start, literal.utf8Start, text.count)
    }
}
