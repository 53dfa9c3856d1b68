import CZones

/// The time zones of the IANA database, as data of the program: nothing asks the machine for its own.
///
/// *Wire form*: as scripts/zones writes it.
public struct ZoneTable: Sendable {
    /// The only table of this program.
    public static let standard = ZoneTable()

    /// Of tzdata, such as `2025b`. Part of the hash of rule sets that ask for zones.
    public let version: String
    /// Where each name begins, in the order of their bytes.
    private let names: [Int32]
    private let zones: Int

    private static var start: UnsafeRawPointer { UnsafeRawPointer(beckon_zones_start()) }

    private init() {
        let start = Self.start
        precondition(beckon_zones_count > 8 && start.loadUnaligned(as: UInt32.self) == 0x315A_4B42, "no zone table")
        let versionCount = Int(start.load(fromByteOffset: 4, as: UInt8.self))
        version = String(decoding: UnsafeRawBufferPointer(start: start + 5, count: versionCount), as: UTF8.self)
        var at = 5 + versionCount
        let count = Int(start.loadUnaligned(fromByteOffset: at, as: UInt16.self))
        at += 2
        var names: [Int32] = []
        names.reserveCapacity(count)
        for _ in 0..<count {
            names.append(Int32(at))
            at += 3 + Int(start.load(fromByteOffset: at, as: UInt8.self))
        }
        self.names = names
        zones = at + 2
    }

    /// How many names there are.
    public var count: Int { names.count }

    /// The name at a place, in the order of their bytes.
    public func name(at index: Int) -> String {
        let name = bytes(ofName: Int(names[index]))
        return String(decoding: name.buffer, as: UTF8.self)
    }

    /// nil for a name that the database does not have; names are told apart by case.
    public func zone(named wanted: Bytes) -> Zone? {
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            let place = Int(names[middle])
            let name = bytes(ofName: place)
            switch name.order(wanted) {
            case .less: low = middle + 1
            case .greater, .unordered: high = middle
            case .equal:
                let index = Int(Self.start.loadUnaligned(fromByteOffset: place + 1 + name.count, as: UInt16.self))
                let record = Self.start.loadUnaligned(fromByteOffset: zones + 4 * index, as: UInt32.self)
                return Zone(record: Self.start + Int(record))
            }
        }
        return nil
    }

    public func zone(named wanted: String) -> Zone? {
        var wanted = wanted
        return wanted.withUTF8 { utf8 in
            utf8.baseAddress.flatMap { zone(named: Bytes(start: UnsafeRawPointer($0), count: utf8.count)) }
        }
    }

    private func bytes(ofName place: Int) -> Bytes {
        let count = Int(Self.start.load(fromByteOffset: place, as: UInt8.self))
        return Bytes(start: Self.start + place + 1, count: count)
    }
}

extension ZoneTable {
    /// The name of the database that is nearest to a wrong one.
    func nearest(to name: String) -> String? {
        NearestWord.nearest(to: name, among: (0..<count).map(self.name(at:)))
    }
}
