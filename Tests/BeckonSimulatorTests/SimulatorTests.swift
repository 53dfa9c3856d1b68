import BeckonSimulator
import Foundation
import Testing

/// `BECKON_SIMULATION_SEEDS=FROM-TO` runs others; scripts/soak runs many.
@Suite(.serialized) struct `A simulated fleet` {
    private static let seeds: Range<UInt64> = {
        let bounds = (ProcessInfo.processInfo.environment["BECKON_SIMULATION_SEEDS"] ?? "0-60").split(separator: "-")
        return UInt64(bounds[0])!..<UInt64(bounds[1])!
    }()

    /// As many as there are seconds for, on a machine that is busy with other tests.
    private static let secondsMax = 40.0

    @Test func `decides what the oracle decides, whatever befalls it`() {
        let started = Date()
        var (done, lines) = (0, 0)
        for seed in Self.seeds {
            if done > 2, Date().timeIntervalSince(started) > Self.secondsMax { break }
            CrashWord.seed = seed
            let world = World(seed: seed)
            let failures = world.run()
            #expect(
                failures.isEmpty,
                "\(failures.prefix(3).joined(separator: "\n"))\nscripts/soak --from \(seed) --seeds 1 --story")
            done += 1
            lines += world.lineCount
        }
        print("\(done) simulated fleets, \(lines) decisions and the like")
        #expect(lines > done)
    }

    /// Seeds that have found something once.
    @Test(arguments: [3 as UInt64]) func `keeps what a found seed has taught`(seed: UInt64) {
        CrashWord.seed = seed
        let failures = World(seed: seed).run()
        #expect(failures.isEmpty, "\(failures.prefix(3).joined(separator: "\n"))")
    }

    @Test func `does the same from the same seed`() {
        var digests: Set<UInt64> = []
        for _ in 0..<2 {
            let world = World(seed: 4)
            _ = world.run()
            digests.insert(world.digest)
        }
        #expect(digests.count == 1)
    }
}
