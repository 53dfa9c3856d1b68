import BeckonSimulator
import Foundation

/// Runs simulations of many seeds; see scripts/soak.
@main
struct Soak {
    static func main() {
        var from: UInt64 = 0
        var count: UInt64 = 100
        var seconds = Double.infinity
        var tellsStory = false
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            switch argument {
            case "--story": tellsStory = true
            case "--fault":
                let name = arguments.popFirst() ?? ""
                if !World.plant(name) { end("--fault: one of \(World.faultNames.joined(separator: ", "))") }
            case "--from", "--seeds", "--seconds":
                guard let value = arguments.popFirst().flatMap(UInt64.init) else { end("\(argument) needs a number") }
                switch argument {
                case "--from": from = value
                case "--seeds": count = value
                default: seconds = Double(value)
                }
            default: end("\(argument) is unknown; see scripts/soak --help")
            }
        }
        run(from..<from + count, seconds, tellsStory)
    }

    private static func run(_ seeds: Range<UInt64>, _ seconds: Double, _ tellsStory: Bool) {
        let started = Date()
        var (done, lines, virtual) = (0, 0, 0)
        var incidents: [String: Int] = [:]
        for seed in seeds {
            if Date().timeIntervalSince(started) > seconds { break }
            CrashWord.seed = seed
            let world = World(seed: seed)
            if tellsStory { world.tell { FileHandle.standardOutput.write(Data(($0 + "\n").utf8)) } }
            let failures = world.run()
            done += 1
            lines += world.lineCount
            virtual += world.virtualSeconds
            incidents.merge(world.incidents, uniquingKeysWith: +)
            if done % 50 == 0 { print("\(done) seeds, \(Int(Date().timeIntervalSince(started))) s") }
            guard !failures.isEmpty else { continue }
            print("seed \(seed): \(failures.count) failures")
            for failure in failures.prefix(5) { print("  " + failure.prefix(2_000)) }
            print("  again: scripts/soak --from \(seed) --seeds 1 --story")
            exit(1)
        }
        let real = Date().timeIntervalSince(started)
        print(
            "\(done) seeds from \(seeds.lowerBound): \(virtual / 3_600) hours in \(Int(real)) s, \(lines) decisions and the like compared"
        )
        print(incidents.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", "))
    }

    private static func end(_ reason: String) -> Never {
        FileHandle.standardError.write(Data((reason + "\n").utf8))
        exit(2)
    }
}
