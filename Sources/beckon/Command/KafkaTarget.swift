import BeckonKafka
import BeckonService

/// The cluster that a command talks to.
struct KafkaTarget: Sendable {
    let brokers: String
    let clientProperties: [String: String]
    /// Set when the cluster is the embedded broker of a running `beckon dev`.
    let dev: DevRunFile?

    /// The brokers of the settings.
    /// - Throws: what is wrong with the settings of librdkafka.
    init(_ settings: Settings) throws {
        self.init(
            brokers: settings[KafkaSettings.brokers].joined(separator: ","),
            clientProperties: settings[ProgramSettings.kafkaClient], dev: nil)
        _ = try configuration(.admin)
    }

    /// The brokers of the settings, else those of the `beckon dev` that runs.
    init(_ settings: Settings, orDev run: () -> DevRunFile?) throws {
        if !settings[KafkaSettings.brokers].isEmpty {
            try self.init(settings)
            return
        }
        guard let run = run() else {
            throw UserError("Which Kafka? No `beckon dev` of yours is running: start one, or give --brokers HOST:PORT.")
        }
        self.init(brokers: run.brokers, clientProperties: [:], dev: run)
    }

    private init(brokers: String, clientProperties: [String: String], dev: DevRunFile?) {
        self.brokers = brokers
        self.clientProperties = clientProperties
        self.dev = dev
    }

    /// - Throws: `UserError` for properties that the user got wrong.
    func configuration(_ role: KafkaRole) throws -> KafkaConfiguration {
        do throws(KafkaError) {
            return try KafkaConfiguration(role, brokers: brokers, clientProperties: clientProperties)
        } catch {
            throw error.code == .configuration ? UserError(error.message) : error as any Error
        }
    }

    /// - Throws: `OperationError` when the topic does not exist, `KafkaError` when nobody answers.
    func partitionCount(of topic: String) throws -> Int32 {
        let admin = try KafkaAdmin(try configuration(.admin))
        defer { admin.close() }
        guard let description = try admin.describeTopics([topic])[topic] else {
            throw OperationError("The topic \(topic) does not exist on \(brokers).")
        }
        return description.partitionCount
    }
}

/// What the command was to do and could not, in words. Ends the program with status 1.
struct OperationError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
