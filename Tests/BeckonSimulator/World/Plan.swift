import BeckonModel
import BeckonWorker
import Oracle

/// What a seed gives: rules, people and what they do, a fleet, and what befalls it.
struct Plan {
    /// An event on its way to a topic.
    struct Emission {
        let atUs: Int64
        let topic: String
        let record: OracleRecord
    }

    let seed: UInt64
    let workload: Workload
    private(set) var emissions: [Emission] = []
    /// The wall clock when the run begins.
    private(set) var beginMs: Milliseconds = 0
    let partitionCount: Int32
    let instanceCount: Int
    let threadCount: Int
    /// Clocks of machines are off, and jump.
    let hasWrongClocks: Bool
    /// How many times something befalls the fleet.
    let incidentCount: Int
    let faults: SimulatedFaults
    /// How long it goes on after the last event, milliseconds.
    let tailMs: Int64

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        self.seed = seed
        var generator = WorkloadGenerator(seed: random.next())
        generator.recordsMax = random.one(of: [20, 60, 120])
        if random.happens(percent: 20) { (generator.isInOrder, generator.changesTrigger) = (true, true) }
        workload = generator.make()
        partitionCount = Int32(1 + random.number(below: 4))
        instanceCount = 1 + random.number(below: 3)
        threadCount = random.happens(percent: 20) ? 2 : 1
        hasWrongClocks = random.happens(percent: 25)
        incidentCount = random.one(of: [0, 3, 8, 20])
        tailMs = Int64(random.one(of: [1, 10, 60])) * 60_000
        var faults = SimulatedFaults()
        if random.happens(percent: 60) {
            faults.lostEnd = random.one(of: [0, 0, 2, 10])
            faults.failedWrite = random.one(of: [0, 0, 1, 5])
            faults.lateMarker = random.one(of: [0, 0, 5, 20])
            faults.missingMarker = random.one(of: [0, 0, 10, 40])
            faults.roundTripUs = random.one(of: [500, 2_000, 2_000, 20_000])
        }
        self.faults = faults
        emissions = Self.emissions(workload, copies: 1 + random.number(below: 4), &random)
        // They begin before the fleet does, now and then.
        let leadMs = random.one(of: [20_000, 20_000, 20_000, 0, -600_000])
        beginMs = (emissions.first?.atUs ?? 0) / 1_000 - Int64(leadMs)
        emissions = emissions.map {
            Emission(atUs: max(0, $0.atUs - beginMs * 1_000), topic: $0.topic, record: $0.record)
        }
    }

    var lastEventUs: Int64 { emissions.last?.atUs ?? 0 }

    /// The workload's records, and their likes of other people at about the same time. Sent when their timestamps say, or
    /// before: a topic keeps the order that it was given.
    private static func emissions(_ workload: Workload, copies: Int, _ random: inout SplitMix64) -> [Emission] {
        var all: [Emission] = []
        for copy in 0..<copies {
            let shiftMs = copy == 0 ? 0 : Int64(random.number(below: random.one(of: [2, 2_000, 240_000])))
            for topic in workload.input.topics {
                var sentMs = Int64.max
                for record in topic.records.reversed() {
                    if record.timestamp >= 0 { sentMs = min(sentMs, record.timestamp) }
                    if sentMs == .max { sentMs = topic.records.map(\.timestamp).max() ?? 0 }
                    let name = record.key.map { $0 + (copy == 0 ? [] : Array("-\(copy)".utf8)) }
                    let key = record.key?.isEmpty ?? true ? record.key : name
                    let timestamp = record.timestamp < 0 ? record.timestamp : record.timestamp + shiftMs
                    all.append(
                        Emission(
                            atUs: (sentMs + shiftMs) * 1_000, topic: topic.name,
                            record: OracleRecord(
                                offset: record.offset, timestamp: timestamp, key: key, value: record.value)))
                }
            }
        }
        // Those of one copy and topic are in the array from the last to the first.
        return all.enumerated().sorted { ($0.element.atUs, -$0.offset) < ($1.element.atUs, -$1.offset) }.map(\.element)
    }
}

extension Plan {
    /// Of an instance's next life: each has its own rhythm.
    func configuration(_ instance: String, _ random: inout SplitMix64) -> WorkerConfiguration {
        var configuration = WorkerConfiguration(
            brokers: "simulated", events: workload.input.topics.map(\.name), instance: instance)
        configuration.threadCount = threadCount
        configuration.stateDirectory = random.happens(percent: 75) ? "/state" : nil
        configuration.checkpointIntervalMs = random.one(of: [500, 5_000, 60_000])
        configuration.commitDelayMs = random.one(of: [5, 5, 100, 400])
        configuration.replayWindowMs = random.one(of: [0, 300, 2_000, 15_000, 60_000])
        configuration.imageBytesPerSecond = random.one(of: [1_000, 8 << 20])
        configuration.timersPerStepMax = random.one(of: [2, 4_096])
        return configuration
    }
}
