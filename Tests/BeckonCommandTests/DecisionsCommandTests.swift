import BeckonKafka
import Foundation
import Testing

@testable import beckon

@Suite struct `beckon decisions` {
    static let decision =
        #"{"type":"decision","id":"0a","rule":"cart","version":"01","person":"an\u001bn","key":{"cart_id":"c1"},"#
        + #""cause":"timer","dueAt":"2026-11-24T16:15:00.000Z","decidedAt":"2026-11-24T16:15:00.010Z","#
        + #""eventAt":"2026-11-24T16:00:00.000Z","expiresAt":"2026-11-25T16:15:00.000Z","class":"marketing","#
        + #""channel":"push","data":{"value":60},"reason":"Left a cart","mode":"live"}"#
    static let cancel =
        #"{"type":"cancel","id":"0a","rule":"cart","version":"01","person":"ann","key":{},"cause":"events-0-1","#
        + #""decidedAt":"2026-11-24T16:16:00.000Z","eventAt":"2026-11-24T16:14:00.000Z","reason":"recalled"}"#

    func text(_ json: String) -> String { Array(json.utf8).withUnsafeBytes { DecisionLine.text($0) } }

    @Test func `a decision and a cancel are one line each, without control characters`() {
        #expect(
            text(Self.decision)
                == "2026-11-24T16:15:00.000Z  decision  cart  an\u{FFFD}n  cart_id=c1  push  Left a cart  {\"value\":60}"
        )
        #expect(text(Self.cancel) == "2026-11-24T16:16:00.000Z  cancel    cart  ann  recalls 0a")
        #expect(text(Self.decision.replacing("live", with: "shadow")).contains("  (not to be delivered)  "))
        #expect(text("x").hasPrefix("a record that cannot be read: "))
        #expect(text(#"{"type":"held"}"#) == "a record of type held, which this version does not know")
    }

    @Test func `the oldest ones from the beginning, so many as asked`() throws {
        let cluster = try MockCluster(topics: ["beckon.decisions": 1])
        let producer = try KafkaProducer(KafkaConfiguration(.plainProducer, brokers: cluster.brokers))
        for text in [Self.decision, Self.cancel, Self.decision] {
            try Array(text.utf8).withUnsafeBytes {
                try producer.produce(to: producer.topic("beckon.decisions"), partition: 0, key: nil, value: $0)
            }
        }
        try producer.awaitReports()
        let ending = try BeckonProcess.run(
            "decisions", "--brokers", cluster.brokers, "--from-beginning", "--json", "--count", "2")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output == Self.decision + "\n" + Self.cancel + "\n")
        producer.close()
    }

    @Test func `a signal ends it with status 0`() throws {
        let cluster = try MockCluster(topics: ["beckon.decisions": 1])
        let process = try BeckonProcess(["decisions", "--brokers", cluster.brokers, "--from-beginning"])
        let producer = try KafkaProducer(KafkaConfiguration(.plainProducer, brokers: cluster.brokers))
        try Array(Self.cancel.utf8).withUnsafeBytes {
            try producer.produce(to: producer.topic("beckon.decisions"), partition: 0, key: nil, value: $0)
        }
        try producer.awaitReports()
        #expect(process.reached { process.written.output.contains("recalls 0a\n") })
        process.terminate()
        #expect(process.ending().status == 0)
        producer.close()
    }
}
