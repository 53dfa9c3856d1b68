import Foundation
import KafkaFixture
import Testing

@testable import beckon

/// Every command reaches a broker behind TLS and SASL by `kafka.client.*` alone.
@Suite(
    .tags(.kafka), .enabled(if: RealKafka.canStart),
    .enabled(if: SecureListener.isAvailable, "\(SecureListener.absence)"), .serialized, .timeLimit(.minutes(3)))
struct `Commands on a real Kafka behind TLS and SASL` {
    private typealias Names = `Commands on a real Kafka`.Names

    private func names(_ secure: SecureListener, _ changed: [String: String] = [:]) -> Names {
        var names = Names(secure.listener.brokers)
        for (property, value) in secure.clientProperties.merging(changed, uniquingKeysWith: { $1 }) {
            let variable = property.uppercased().replacing(".", with: "_")
            names.environment["BECKON_KAFKA_CLIENT_\(variable)"] = value
        }
        return names
    }

    @Test(arguments: SecureListener.Mechanism.allCases)
    func `work as everywhere, and say what is wrong with a certificate or a password`(
        _ mechanism: SecureListener.Mechanism
    ) throws {
        let secure = try SecureListener(mechanism)
        let cluster = try PrivateKafka(listener: secure.listener)
        defer { cluster.destroy() }
        let names = names(secure)
        guard mechanism.works else {
            let refused = try names.run("topics")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("cannot log in by SCRAM at Kafka 4"), "\(refused.errors)")
            return
        }
        let made = try names.run("topics", "--create", "--partitions", "2", "--replication", "1")
        #expect(made.status == 0, "\(made.errors)")
        let folder = try TemporaryFolder()
        let rules = try folder.write("welcome.yaml", `Commands on a real Kafka`.rule)
        let words = ["work", "--rules", rules, "--state-dir", folder.path + "/state", "--instance", "one"]
        let worker = try BeckonProcess(words + ["--http", "127.0.0.1:0"], environment: names.environment)
        #expect(worker.reached { worker.written.errors.contains("Worker ready") }, "\(worker.written.errors)")
        let sent = try names.run(
            "emit", "--topic", names.events, #"{"userId":"ann","event":"signup","properties":{"plan":"pro"}}"#)
        #expect(sent.status == 0, "\(sent.errors)")
        let decided = try names.run("decisions", "--from-beginning", "--count", "1")
        #expect(decided.output.contains("  decision  welcome  ann  email  "), "\(decided.errors)")
        worker.terminate()
        #expect(worker.ending().status == 0)

        let untrusted = try self.names(secure, ["ssl.ca.location": secure.strangerPath]).run(
            "work", "--rules", rules, "--state-dir", folder.path + "/state", "--http", "127.0.0.1:0")
        #expect(untrusted.status == 1)
        #expect(untrusted.errors.contains("certificate verify failed"), "\(untrusted.errors)")
        #expect(untrusted.errors.contains("kafka.client.ssl.ca.location"), "\(untrusted.errors)")
        let unknown = try self.names(secure, ["sasl.password": "wrong"]).run(
            "work", "--rules", rules, "--state-dir", folder.path + "/state", "--http", "127.0.0.1:0")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("uthentication failed"), "\(unknown.errors)")
        #expect(unknown.errors.contains("kafka.client.sasl."), "\(unknown.errors)")
        #expect(!(untrusted.errors + unknown.errors).contains(SecureListener.password))
    }
}
