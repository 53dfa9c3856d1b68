/// Base64 (RFC 4648, sections 4 and 5).
enum Base64Text {
    private static let common = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    private static let standard = common + Array("+/".utf8)
    private static let urlSafe = common + Array("-_".utf8)

    /// With padding.
    static func encoded(_ text: String, isURLSafe: Bool) -> String {
        let letters = isURLSafe ? urlSafe : standard
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(bytes[start + $1]) : 0) }
            for place in 0..<4 {
                result.append(
                    place <= group.count ? letters[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// nil for what is none. URL-safe texts may leave the padding away.
    static func decoded(_ text: String, isURLSafe: Bool) -> [UInt8]? {
        let letters = isURLSafe ? urlSafe : standard
        var values = [Int](repeating: -1, count: 256)
        for (value, letter) in letters.enumerated() { values[Int(letter)] = value }
        var bytes = Array(text.utf8)
        if isURLSafe, !bytes.contains(UInt8(ascii: "=")) {
            bytes += Array(repeating: UInt8(ascii: "="), count: (4 - bytes.count % 4) % 4)
        }
        guard bytes.count % 4 == 0 else { return nil }
        let padding = bytes.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var result: [UInt8] = []
        var group = 0
        for (place, letter) in bytes.dropLast(padding).enumerated() {
            guard values[Int(letter)] >= 0 else { return nil }
            group = group << 6 | values[Int(letter)]
            guard place % 4 == 3 else { continue }
            for shift in [16, 8, 0] { result.append(UInt8(truncatingIfNeeded: group >> shift)) }
            group = 0
        }
        guard padding > 0 else { return result }
        group <<= 6 * padding
        // Bits that belong to no byte are zero.
        guard group & (padding == 1 ? 0xFF : 0xFFFF) == 0 else { return nil }
        for shift in [16, 8].prefix(3 - padding) { result.append(UInt8(truncatingIfNeeded: group >> shift)) }
        return result
    }
}
