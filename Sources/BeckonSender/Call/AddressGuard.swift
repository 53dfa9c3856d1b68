import Glibc

/// Which addresses a call may connect to: those of the public internet. What is asked is the address that is connected to, not the name, so that no
/// name can change its mind in between.
enum AddressGuard {
    static func isPublic(_ address: UnsafePointer<sockaddr>) -> Bool {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            return isPublic(v4: UInt32(bigEndian: raw.load(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6:
            var bytes = raw.load(as: sockaddr_in6.self).sin6_addr
            return withUnsafeBytes(of: &bytes) { isPublic(v6: Array($0)) }
        default: return false
        }
    }

    /// IANA's special-purpose registry: whatever is not globally reachable, metadata services (link-local) among it.
    static func isPublic(v4 address: UInt32) -> Bool {
        !special.contains { block in address >> (32 - block.bits) == block.start >> (32 - block.bits) }
    }

    private static let special: [(start: UInt32, bits: UInt32)] = [
        (v4(0, 0, 0, 0), 8), (v4(10, 0, 0, 0), 8), (v4(100, 64, 0, 0), 10), (v4(127, 0, 0, 0), 8),
        (v4(169, 254, 0, 0), 16), (v4(172, 16, 0, 0), 12), (v4(192, 0, 0, 0), 24), (v4(192, 0, 2, 0), 24),
        (v4(192, 88, 99, 0), 24), (v4(192, 168, 0, 0), 16), (v4(198, 18, 0, 0), 15), (v4(198, 51, 100, 0), 24),
        (v4(203, 0, 113, 0), 24), (v4(224, 0, 0, 0), 4), (v4(240, 0, 0, 0), 4),
        // A cloud's metadata service outside the reserved blocks.
        (v4(168, 63, 129, 16), 32),
    ]

    private static func v4(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> UInt32 {
        a << 24 | b << 16 | c << 8 | d
    }

    /// - Parameter bytes: sixteen, in the order of the network.
    static func isPublic(v6 bytes: [UInt8]) -> Bool {
        precondition(bytes.count == 16, "an address of \(bytes.count) bytes")
        func embedded(_ at: Int) -> UInt32 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        func begins(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
        // An IPv4 address in another's clothes is judged as what it is: mapped, translated (NAT64), tunnelled (6to4).
        if begins([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) { return isPublic(v4: embedded(12)) }
        if begins([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) { return isPublic(v4: embedded(12)) }
        if begins([0x20, 0x02]) { return isPublic(v4: embedded(2)) }
        // Global unicast alone, without protocol assignments (Teredo among them) and documentation.
        guard bytes[0] & 0xE0 == 0x20 else { return false }
        if begins([0x20, 0x01]), bytes[2] < 0x02 { return false }
        if begins([0x20, 0x01, 0x0D, 0xB8]) || begins([0x3F, 0xFF]) && bytes[2] < 0x10 { return false }
        return true
    }
}
