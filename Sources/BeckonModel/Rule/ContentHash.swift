import CXXHash

/// 128 bits that name content: XXH3, which is fast and well spread, and no protection against someone who makes two
/// contents collide on purpose. Whoever can write rules or journals need not forge hashes.
public struct ContentHash: Sendable, Hashable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public init(of bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) {
        let hash = beckon_hash128(bytes.baseAddress, bytes.count, seed)
        self.init(high: hash.high, low: hash.low)
    }

    public init(of bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { ContentHash(of: $0) }
    }

    /// 32 lower-case hexadecimal digits.
    public var text: String { String(decoding: digits, as: UTF8.self) }

    public init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 32 else { return nil }
        var words: [UInt64] = [0, 0]
        for (index, byte) in bytes.enumerated() {
            guard let value = Self.alphabet.firstIndex(of: byte) else { return nil }
            words[index / 16] = words[index / 16] << 4 | UInt64(value)
        }
        self.init(high: words[0], low: words[1])
    }

    /// The same of digits in place: nothing is allocated.
    public init?(digits: Bytes) {
        guard digits.count == 32 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for (index, byte) in digits.buffer.enumerated() {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if index < 16 {
                words.0 = words.0 << 4 | UInt64(value)
            } else {
                words.1 = words.1 << 4 | UInt64(value)
            }
        }
        self.init(high: words.0, low: words.1)
    }

    private var digits: [UInt8] {
        (0..<32).map { index in
            let word = index < 16 ? high : low
            return Self.alphabet[Int(word >> UInt64(60 - 4 * (index % 16)) & 15)]
        }
    }

    static let alphabet = Array("0123456789abcdef".utf8)
}
