/// The full grammar, for the objects and arrays that go into a decision as they stand.
enum JSONGrammar {
    enum Finding {
        case valid, malformed
        /// A number in it is beyond what a double holds.
        case outOfRange
    }

    /// Whether the places hold exactly one value. Brackets are known to match and to be at most 64 deep.
    static func check(_ walk: JSONWalk, _ places: Range<Int>, _ arena: ScratchArena) -> Finding {
        var checker = Checker(walk: walk, place: places.lowerBound, arena: arena)
        guard checker.value(), checker.place == places.upperBound else { return .malformed }
        return checker.sawOutOfRange ? .outOfRange : .valid
    }

    private struct Checker {
        let walk: JSONWalk
        var place: Int
        let arena: ScratchArena
        var sawOutOfRange = false

        mutating func value() -> Bool {
            switch walk.character(place) {
            case UInt8(ascii: "{"): return members(close: UInt8(ascii: "}"), keyed: true)
            case UInt8(ascii: "["): return members(close: UInt8(ascii: "]"), keyed: false)
            case UInt8(ascii: "\""): return string()
            default:
                defer { place += 1 }
                return scalar(walk.scalar(place))
            }
        }

        private mutating func string() -> Bool {
            defer { place += 1 }
            guard let text = walk.string(place) else { return false }
            return JSONScalar.unescape(text, arena) != nil
        }

        private mutating func scalar(_ text: Bytes) -> Bool {
            switch text.count {
            case 4 where equalBytes(text.start, ("true" as StaticString).utf8Start, 4): return true
            case 4 where equalBytes(text.start, ("null" as StaticString).utf8Start, 4): return true
            case 5 where equalBytes(text.start, ("false" as StaticString).utf8Start, 5): return true
            default: break
            }
            switch JSONScalar.number(text) {
            case .double: return true
            case .malformed: return false
            case .outOfRange:
                sawOutOfRange = true
                return true
            }
        }

        private mutating func members(close: UInt8, keyed: Bool) -> Bool {
            place += 1
            if walk.character(place) == close {
                place += 1
                return true
            }
            while true {
                if keyed {
                    guard walk.character(place) == UInt8(ascii: "\""), string(),
                        walk.character(place) == UInt8(ascii: ":")
                    else { return false }
                    place += 1
                }
                guard value() else { return false }
                let separator = walk.character(place)
                place += 1
                if separator == close { return true }
                guard separator == UInt8(ascii: ",") else { return false }
            }
        }
    }
}
