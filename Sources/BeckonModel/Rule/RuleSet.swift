/// Milliseconds: an instant since 1970-01-01T00:00:00Z, or a length of time.
public typealias Milliseconds = Int64

/// One text of a rule set: a file of the folder, or what a test wrote.
public struct RuleSource: Sendable, Hashable {
    /// Shown in errors, and part of the rule set's hash: the path relative to the folder.
    public let file: String
    public let text: [UInt8]

    public init(file: String, text: [UInt8]) {
        self.file = file
        self.text = text
    }
}

/// What a folder of rule files means, checked and typed. Immutable.
public struct RuleSet: Sendable {
    /// Of the sources, and of the version of the time zones if they ask for any, so that it names their meaning on every
    /// machine.
    public let hash: ContentHash
    public let sources: [RuleSource]
    /// In the order of their ids' bytes.
    public let rules: [Rule]
    /// In the order of their names' bytes. Only folds that a rule uses cost anything.
    public let folds: [Fold]
    /// `policy.defaultZone`: a name of the zone table.
    public let defaultZone: String

    public static let defaultZoneStandard = "UTC"
}

public struct Rule: Sendable {
    public let id: String
    /// Of the rule and the folds it reads: two rule sets with the same version of a rule treat it as one.
    public let version: ContentHash
    /// Beyond the person: property paths, at most four.
    public let key: [PropertyPath]
    public let trigger: Trigger
    /// `if`: judged when the rule fires.
    public let condition: Expression?
    /// In the order of the file.
    public let data: [NamedExpression]
    /// Folds of the running instance, in the order of the file.
    public let collect: [Fold]
    /// Events that end an instance and recall what is unsent: as written, else the absent events and the goal.
    public let exit: EventReference?
    public let goal: Goal?
    public let reentry: Reentry
    /// Counted from the due time. 24 hours unless the rule says otherwise.
    public let expiresMs: Milliseconds
    public let late: LatePolicy
    /// nil is `none`.
    public let latenessMaxMs: Milliseconds?
    public let messageClass: MessageClass
    /// In the order of preference, at least one.
    public let channels: [String]
    public let content: MessageContent?
    /// A sentence for people: what happened when this rule fires. The decision's `reason`.
    public let reason: String
}

/// Events by name, each under its own condition. An event matches when one of the alternatives does.
public struct EventReference: Sendable {
    /// At least one, at most `alternativesMax`; no two are the same.
    public let alternatives: [EventMatch]

    public static let alternativesMax = 128
}

public struct EventMatch: Sendable {
    /// Canonical.
    public let name: String
    /// `where`; nil: every event of that name.
    public let condition: Expression?

    /// Bytes of a name.
    public static let nameBytesMax = 200
}

public struct Goal: Sendable {
    public let event: EventReference
    public let withinMs: Milliseconds
}

public enum Reentry: Sendable, Equatable {
    case always, once
    case after(Milliseconds)
}

public struct LatePolicy: Sendable, Equatable {
    public let waitMs: Milliseconds
    public let allowMs: Milliseconds
}

public enum MessageClass: String, Sendable, CaseIterable { case marketing, transactional, ui }

public enum MessageContent: Sendable {
    /// A message's name.
    case template(String)
    /// The message itself, as JSON text.
    case inline([UInt8])
}

public struct NamedExpression: Sendable {
    public let name: String
    public let expression: Expression
}

/// `properties.cart.id` is root `properties`, names `cart` and `id`.
public struct PropertyPath: Sendable, Hashable {
    public let root: Root
    public let names: [String]

    public init(root: Root, names: [String]) {
        self.root = root
        self.names = names
    }

    public enum Root: Sendable, Hashable { case properties, context, traits }
}

/// Names are the same when their bytes are: Swift's `String` takes canonical equivalents for equal.
extension PropertyPath {
    public static func == (left: PropertyPath, right: PropertyPath) -> Bool {
        left.root == right.root && left.names.count == right.names.count
            && zip(left.names, right.names).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }
}
