/// What stands in the commit metadata of a partition's offsets, `LIFE:NUMBER:LEDGER:READ`: by it a sender recognises its own
/// commit, and a successor finds the place in the ledger.
package struct CommitMark: Equatable, CustomStringConvertible {
    /// Random for each start of a sender.
    let life: UInt64
    /// Of the commit, from 1.
    let number: Int
    /// Everything that the ledger knows of decisions behind the offset stands from here on.
    let ledgerOffset: Int64
    /// What had been read of the topic: no attempt is of a decision at or behind it.
    let readOffset: Int64

    init(life: UInt64, number: Int, ledgerOffset: Int64, readOffset: Int64) {
        self.life = life
        self.number = number
        self.ledgerOffset = ledgerOffset
        self.readOffset = readOffset
    }

    /// nil: somebody else has committed.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, let life = UInt64(parts[0], radix: 16), let number = Int(parts[1]),
            let ledgerOffset = Int64(parts[2]), let readOffset = Int64(parts[3]), ledgerOffset >= 0, readOffset >= 0
        else { return nil }
        self.init(life: life, number: number, ledgerOffset: ledgerOffset, readOffset: readOffset)
    }

    package var description: String { "\(String(life, radix: 16)):\(number):\(ledgerOffset):\(readOffset)" }

    func isOf(_ other: CommitMark) -> Bool { life == other.life && number == other.number }
}
