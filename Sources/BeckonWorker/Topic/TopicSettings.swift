import BeckonService

/// The settings that name Beckon's own topics.
public enum TopicSettings {
    public static let decisions = Setting.text(
        "topics.decisions", default: standard.decisions, "The topic of decisions and their recalls.")
    public static let suppressions = Setting.text(
        "topics.suppressions", default: standard.suppressions, "The topic of rules that fired without a message.")
    public static let outcomes = Setting.text(
        "topics.outcomes", default: standard.outcomes, "The topic of what became of decisions.")
    public static let deadLetters = Setting.text(
        "topics.deadLetters", default: standard.deadLetters,
        "The topic of events that cannot be read and decisions that were given up.")
    public static let journal = Setting.text(
        "topics.journal", default: standard.journal, "The topic of the steps that each partition has taken.")
    public static let images = Setting.text(
        "topics.images", default: standard.images, "The compacted topic of images of people's state.")
    public static let environment = Setting.text(
        "topics.environment", default: standard.environment, "The compacted topic of rule sets.")

    public static let ledger = Setting.text(
        "topics.ledger", default: standard.ledger, "The topic of the sender's attempts and their results.")
    public static let retries = Setting.text(
        "topics.retries", default: standard.retries, "The topic of decisions that wait for a later try.")

    private static let standard = BeckonTopics()
    private static let all = [
        decisions, suppressions, outcomes, deadLetters, journal, images, environment, ledger, retries,
    ]

    public static let declarations = all.map(\.declaration)

    public static func topics(_ settings: Settings) -> BeckonTopics {
        var topics = BeckonTopics()
        topics.decisions = settings[decisions]
        topics.suppressions = settings[suppressions]
        topics.outcomes = settings[outcomes]
        topics.deadLetters = settings[deadLetters]
        topics.journal = settings[journal]
        topics.images = settings[images]
        topics.environment = settings[environment]
        topics.ledger = settings[ledger]
        topics.retries = settings[retries]
        return topics
    }

    /// Names that Kafka does not take, and topics that would have two meanings.
    static func problems(_ settings: Settings, events: [String], topics: BeckonTopics) -> [SettingsProblem] {
        var problems: [SettingsProblem] = []
        var owners: [String: String] = [:]
        let named = events.map { (WorkerSettings.events.declaration, $0) } + all.map { ($0.declaration, settings[$0]) }
        for (declaration, name) in named {
            let origin = settings.source(declaration).description
            let subject = "\(declaration.key) has `\(name)`"
            if !isTopicName(name) {
                let rule = "a topic's name has 1 to 249 letters, digits, dots, hyphens and underscores"
                problems.append(SettingsProblem(origin: origin, message: "\(subject); \(rule)."))
            } else if let owner = owners.updateValue(declaration.key, forKey: name) {
                let message =
                    owner == declaration.key
                    ? "\(subject) twice." : "\(subject), which is also \(owner): each topic has one meaning."
                problems.append(SettingsProblem(origin: origin, message: message))
            }
        }
        return problems
    }

    static func isTopicName(_ name: String) -> Bool {
        (1...249).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2E || byte == 0x2D || byte == 0x5F
            }
    }
}
