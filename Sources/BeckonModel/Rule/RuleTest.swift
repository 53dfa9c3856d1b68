/// A test that stands in a rule file: what happens to people, and what their rule is to do about it.
public struct RuleTest: Sendable {
    /// The rule's id.
    public let rule: String
    public let name: String
    /// Where the test begins.
    public let file: String
    public let line: Int
    public let column: Int
    /// Where the clock begins; all other times of a test are counted from here.
    public let startMs: Milliseconds
    /// In the order of arrival.
    public let given: [Given]
    public let expected: Expected

    /// A Monday morning: 2026-01-05T09:00:00Z.
    public static let startDefaultMs: Milliseconds = 1_767_603_600_000
    /// The person of events that name none.
    public static let personDefault = "person"

    public static let testsMax = 256
    public static let givenMax = 1_000
    public static let expectedMax = 1_000

    public enum Given: Sendable {
        case event(Event)
        /// The clock goes on.
        case advance(Milliseconds)
        /// An `identify` call where the clock stands, with these traits: an object.
        case identify(person: String, traits: JSONValue)
    }

    public struct Event: Sendable {
        public let person: String
        /// From the start; nil: where the clock stands. Behind the clock, the event comes late.
        public let atMs: Milliseconds?
        /// As the test has it; aliases are mapped when it is read.
        public let name: String
        /// Objects.
        public let properties: JSONValue
        public let context: JSONValue
    }

    /// What must have come of it once no timer waits any more.
    public struct Expected: Sendable {
        /// All of the rule's decisions.
        public let decisions: [Decision]
        /// All of its suppressions; empty: they are not looked at.
        public let suppressions: [Suppression]
    }

    public struct Decision: Sendable {
        /// When it is due, from the start. nil, here and below: whatever it is.
        public let atMs: Milliseconds?
        public let person: String?
        /// A subset.
        public let key: JSONValue?
        /// A subset.
        public let data: JSONValue?
        public let channel: String?
        /// When it is recalled; nil: never.
        public let recall: Recall?
    }

    public enum Recall: Sendable, Equatable {
        case anyTime
        /// From the start.
        case at(Milliseconds)
    }

    public struct Suppression: Sendable {
        public let reason: SuppressionReason
        public let atMs: Milliseconds?
        public let person: String?
        public let key: JSONValue?
    }
}

extension RuleSet {
    /// The same rule set with this rule alone, whose decisions depend on no other.
    public func narrowed(to id: String) -> RuleSet {
        RuleSet(
            hash: hash, sources: sources, rules: rules.filter { $0.id.utf8.elementsEqual(id.utf8) }, folds: folds,
            defaultZone: defaultZone)
    }
}
