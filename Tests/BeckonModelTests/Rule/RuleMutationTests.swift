import BeckonModel
import Testing

/// SplitMix64, so that a seed repeats a text.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct `Mutated rules` {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `are read or refused, never more`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let original = Array((`Reading rules`.examples + "---\n" + `Rules that count`.examples).utf8)
        let pieces = [
            "[", "]", "{", "}", ":", "- ", "'", "\"", "\n", "&a ", "*a", "|", "&&", "(", ")", "!", "\u{0}", "é",
            "9999999999",
        ]
        for _ in 0..<50 {
            var text = original
            for _ in 0..<Int.random(in: 1...6, using: &dice) {
                let place = Int.random(in: 0..<text.count, using: &dice)
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: text[place] = UInt8.random(in: 0...255, using: &dice)
                case 1: text.removeSubrange(place..<min(text.count, place + Int.random(in: 1...30, using: &dice)))
                case 2: text.insert(contentsOf: pieces.randomElement(using: &dice)?.utf8 ?? "".utf8, at: place)
                default:
                    let end = min(text.count, place + Int.random(in: 1...60, using: &dice))
                    text.insert(contentsOf: Array(text[place..<end]), at: Int.random(in: 0...text.count, using: &dice))
                }
                if text.isEmpty { text = original }
            }
            let reading = RuleSet.read([RuleSource(file: "m.yaml", text: text)])
            #expect((reading.ruleSet == nil) == !reading.diagnostics.isEmpty)
            #expect(reading.diagnostics.allSatisfy { $0.line >= 1 && $0.column >= 1 })
            #expect(reading.diagnostics == reading.diagnostics.sorted())
        }
    }
}
