import BeckonModel

/// What came of a rule's test.
public struct RuleTestResult: Sendable {
    public let test: RuleTest
    /// Where what came is not what was expected; empty: the test has passed.
    public let differences: [RuleTestDifference]
    /// Everything that happened, in its order.
    public let timeline: [RuleTestHappening]
    /// The records of the decisions, in their order, recalled ones too.
    public let decisions: [JSONValue]

    public var isPassed: Bool { differences.isEmpty }
}

/// One thing that was expected and did not come, or came otherwise, or came and was not expected. Sentences' parts.
public struct RuleTestDifference: Sendable, Equatable {
    /// nil: nothing was.
    public let expected: String?
    /// nil: nothing did.
    public let came: String?
}

/// A line of a test's timeline.
public struct RuleTestHappening: Sendable, Equatable {
    /// The clock, from the test's start.
    public let atMs: Milliseconds
    public let person: String
    public let text: String
}
