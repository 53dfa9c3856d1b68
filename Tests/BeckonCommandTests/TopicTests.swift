import BeckonWorker
import Testing

@testable import BeckonKafka
@testable import beckon

/// A topic as a cluster would describe it.
private func state(
    _ name: String, partitions: Int32 = 4, copies: Int32 = 3, leaderless: [Int32] = [],
    _ settings: [String: String] = [:]
) -> TopicState {
    let standard = ["cleanup.policy": "delete", "retention.ms": "604800000", "retention.bytes": "-1"]
    return TopicState(
        description: TopicDescription(
            name: name, partitionCount: partitions, replicationFactor: copies, leaderless: leaderless),
        settings: standard.merging(settings) { _, given in given })
}

private let own = BeckonTopics()

private func good() -> [String: TopicState] {
    var states = [
        "events": state("events"),
        own.environment: state(own.environment, partitions: 1, ["cleanup.policy": "compact"]),
    ]
    for name in own.coPartitioned { states[name] = state(name) }
    states[own.images] = state(own.images, ["cleanup.policy": "compact"])
    for name in own.sending { states[name] = state(name, ["retention.ms": "1209600000"]) }
    return states
}

@Suite struct `Topic verification` {
    func problems(_ change: (inout [String: TopicState]) -> Void) -> [String] {
        var states = good()
        change(&states)
        return TopicVerification(events: ["events"], own: own, states: states).problems
    }

    @Test func `topics as they must be have no problem`() {
        #expect(problems { _ in } == [])
        #expect(TopicVerification(events: ["events"], own: own, states: good()).remarks == [])
    }

    @Test func `a missing topic and one without a leader are named`() {
        #expect(problems { $0[own.journal] = nil } == ["beckon.journal: does not exist; --create makes it"])
        #expect(problems { $0["events"] = nil }.contains("events: does not exist; --create --partitions N makes it"))
        let lost = problems { $0["events"] = state("events", leaderless: [1, 3]) }
        #expect(lost == ["events: has no leader for 1, 3; look at the brokers that hold these partitions"])
    }

    @Test func `partition counts that differ are named with both numbers`() {
        let found = problems { $0[own.decisions] = state(own.decisions, partitions: 3) }
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("beckon.decisions: has 3 partitions, events has 4; "))
    }

    @Test func `compaction is for environment and images alone`() {
        for name in ["events", own.decisions, own.suppressions, own.outcomes, own.deadLetters, own.journal]
            + own.sending
        {
            let found = problems { $0[name] = state(name, ["cleanup.policy": "compact,delete"]) }
            #expect(found.count == 1)
            #expect(found[0].hasPrefix("\(name): is compacted; "))
        }
        for (name, partitions) in [(own.environment, 1 as Int32), (own.images, 4)] {
            let deleted = problems { $0[name] = state(name, partitions: partitions) }
            #expect(deleted.count == 1 && deleted[0].hasPrefix("\(name): is not compacted; "))
            let both = problems {
                $0[name] = state(name, partitions: partitions, ["cleanup.policy": "compact,delete"])
            }
            #expect(both.count == 1 && both[0].hasPrefix("\(name): is compacted and deleted too; "))
        }
    }

    @Test func `the journal is kept at least as long as the inputs`() {
        let short = problems { $0[own.journal] = state(own.journal, ["retention.ms": "86400000"]) }
        #expect(short[0].contains("is kept 1d and events 7d; "))
        #expect(short[0].hasSuffix("set retention.ms=604800000"))
        let ever = problems { $0["events"] = state("events", ["retention.ms": "-1"]) }
        #expect(ever[0].contains("is kept 7d and events for ever; "))
        #expect(problems { $0[own.journal] = state(own.journal, ["retention.ms": "-1"]) } == [])
        let bytes = problems { $0[own.journal] = state(own.journal, ["retention.bytes": "1000"]) }
        #expect(bytes[0].contains("loses steps beyond 1000 bytes a partition"))
    }

    @Test func `ledger and retries are kept at least as long as decisions`() {
        for name in own.sending {
            let short = problems { $0[name] = state(name, ["retention.ms": "86400000"]) }
            #expect(short.count == 1)
            #expect(short[0].contains("is kept 1d and beckon.decisions 7d; "))
            let bytes = problems { $0[name] = state(name, ["retention.ms": "1209600000", "retention.bytes": "1000"]) }
            #expect(bytes.count == 1 && bytes[0].contains("loses records beyond 1000 bytes a partition"))
            #expect(problems { $0[name] = state(name) } == [])
        }
    }

    @Test func `one copy is a remark`() {
        var states = good()
        states["events"] = state("events", copies: 1)
        let verification = TopicVerification(events: ["events"], own: own, states: states)
        #expect(verification.problems == [])
        #expect(verification.remarks == ["events: one copy: a lost disk loses what they hold."])
    }

    @Test func `a topic is told in words`() {
        #expect(state("events").words == "4 partitions, 3 copies, deleted after 7d")
        #expect(
            state("x", partitions: 1, copies: 1, ["cleanup.policy": "compact, delete", "retention.ms": "-1"]).words
                == "1 partition, 1 copy, compacted and kept for ever")
    }
}

@Suite struct `Topic plan` {
    func plan(partitions: Int32? = nil) -> TopicPlan {
        TopicPlan(events: ["events", "clicks"], own: own, partitionCount: partitions, replicationFactor: -1)
    }

    @Test func `own topics follow the events' topics`() throws {
        let created = try plan(partitions: 9).missing(from: [
            "events": state("events", partitions: 6, ["retention.ms": "2592000000"])
        ])
        #expect(created.map(\.name) == ["clicks"] + own.coPartitioned + own.sending + [own.environment])
        #expect(created.dropLast().allSatisfy { $0.partitionCount == 6 })
        #expect(created.last?.partitionCount == 1)
        #expect(created.last?.settings["cleanup.policy"] == "compact")
        let byName = Dictionary(uniqueKeysWithValues: created.map { ($0.name, $0.settings) })
        #expect(byName[own.journal]?["retention.ms"] == "2592000000")
        #expect(byName[own.decisions]?["retention.ms"] == "604800000")
        #expect(byName[own.deadLetters]?["retention.ms"] == "2419200000")
        #expect(byName[own.ledger]?["retention.ms"] == "1209600000")
        #expect(byName[own.images]?["cleanup.policy"] == "compact" && byName[own.images]?["retention.ms"] == nil)
    }

    @Test func `a journal beside inputs that are kept for ever is kept for ever`() throws {
        let states = ["events": state("events", ["retention.ms": "-1"])]
        let journal = try plan().missing(from: states).first { $0.name == own.journal }
        #expect(journal?.settings["retention.ms"] == "-1")
    }

    @Test func `from nothing, somebody must say how many partitions`() throws {
        let error = #expect(throws: UserError.self) { try plan().missing(from: [:]) }
        #expect(error?.description.hasPrefix("events, clicks: there are no such topics of events, ") == true)
        #expect(error?.description.contains("Add `--partitions 12`") == true)
        #expect(try plan(partitions: 12).missing(from: [:]).first?.partitionCount == 12)
        var all = good()
        all["clicks"] = state("clicks")
        #expect(try plan().missing(from: all) == [])
        all[own.environment] = nil
        #expect(try plan().missing(from: all).map(\.name) == [own.environment])
    }
}
