import Foundation
import KafkaFixture
import Testing

/// Worker and sender together: what the one writes the other reads, both ways.
@Suite(.tags(.kafka), .enabled(if: RealKafka.isAvailable)) struct `A worker and a sender on a real Kafka` {
    static let rules = """
        id: cart
        when: { event: add_to_cart, absent: { event: order_completed, within: 1s } }
        goal: { event: order_completed, within: 1h }
        send: { channels: [push], template: cart }
        ---
        id: call
        when: { event: add_to_cart, absent: { event: order_completed, within: 1s } }
        send: { channels: [phone], template: cart }
        """

    @Test func `what was delivered is not recalled, what nobody has sent is`() throws {
        let kafka = try RealKafka.shared()
        var names = `Commands on a real Kafka`.Names(kafka.brokers)
        names.environment["BECKON_SENDER_GROUP"] = RealKafka.uniqueName("send")
        names.environment["BECKON_SENDER_PROVIDERS_OUT_KIND"] = "log"
        names.environment["BECKON_SENDER_CHANNELS_PUSH_PROVIDERS"] = "out"
        names.environment["BECKON_SENDER_CHANNELS_PHONE_PROVIDERS"] = "elsewhere"
        #expect(try names.run("topics", "--create", "--partitions", "2", "--replication", "1").status == 0)
        let folder = try TemporaryFolder()
        let rules = try folder.write("cart.yaml", Self.rules)
        let port = UInt16.random(in: 20_000..<60_000)
        let worker = try BeckonProcess(
            [
                "work", "--rules", rules, "--state-dir", folder.path + "/state", "--instance", "one", "--http",
                "127.0.0.1:\(port)",
            ], environment: names.environment)
        defer { worker.terminate() }
        let sender = try BeckonProcess(
            ["send", "--instance", "one", "--http", "127.0.0.1:0"], environment: names.environment)
        defer { sender.terminate() }
        func metrics() -> String { `Commands on a real Kafka`().get("127.0.0.1:\(port)", "/metrics") }
        func emit(_ event: String) throws {
            let ending = try names.run(
                "emit", "--topic", names.events, #"{"userId":"ann","event":"\#(event)","properties":{}}"#)
            #expect(ending.status == 0, "\(ending.errors)")
        }
        try emit("add_to_cart")
        #expect(
            worker.reached(within: 60) { metrics().contains(#"beckon_worker_outcomes_total{type="delivered"} 1"#) },
            "\(worker.written.errors) \(sender.written.errors)")
        try emit("order_completed")
        let read = try names.run("decisions", "--from-beginning", "--count", "3", "--json")
        let lines = read.output.split(separator: "\n")
        let cancels = lines.filter { $0.contains(#""type":"cancel""#) }
        #expect(cancels.count == 1 && cancels[0].contains(#""rule":"call""#), "\(read.output)")
        #expect(worker.reached { metrics().contains("beckon_worker_conversions_total 1") })
        #expect(metrics().contains("beckon_worker_recalls_total 1\n"))
        // While the broker is there.
        for process in [worker, sender] {
            process.terminate()
            #expect(process.ending().status == 0)
        }
    }
}
