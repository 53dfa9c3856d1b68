import CRDKafka
import Foundation

/// A listener that wants TLS and a user's name and password, with certificates of an authority made for it.
public final class SecureListener: Sendable {
    public enum Mechanism: String, Sendable, CaseIterable {
        case plain = "PLAIN"
        case scram = "SCRAM-SHA-512"

        /// Whether this librdkafka can log in that way at a present Kafka: SCRAM needs 2.6.1 (#4895).
        public var works: Bool { self == .plain || rd_kafka_version() >= 0x0206_01ff }
    }

    public let listener: BrokerListener
    public let mechanism: Mechanism
    public static let user = "beckon"
    public static let password = "correct-horse"
    private let folder: URL

    /// Whether certificates can be made: for `.enabled(if:)`.
    public static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: openssl) }
    /// Why a test that needs it was skipped.
    public static let absence = "no \(openssl)"
    private static let openssl = "/usr/bin/openssl"

    public init(_ mechanism: Mechanism) throws {
        self.mechanism = mechanism
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(RealKafka.uniqueName("certificates"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.makeAuthority("authority", folder)
        try Self.makeAuthority("stranger", folder)
        try Self.makeServer(folder)
        let prefix = "listener.name.secure."
        let module = "org.apache.kafka.common.security"
        let login =
            mechanism == .plain
            ? "\(module).plain.PlainLoginModule required user_\(Self.user)=\"\(Self.password)\";"
            : "\(module).scram.ScramLoginModule required;"
        listener = try BrokerListener(
            "SECURE", security: "SASL_SSL",
            settings: [
                "\(prefix)ssl.keystore.type": "PEM",
                "\(prefix)ssl.keystore.location": folder.appendingPathComponent("server.store").path,
                "\(prefix)sasl.enabled.mechanisms": mechanism.rawValue,
                "\(prefix)\(mechanism.rawValue.lowercased()).sasl.jaas.config": login,
            ],
            formatArguments: mechanism == .plain
                ? [] : ["--add-scram", "\(mechanism.rawValue)=[name=\(Self.user),password=\(Self.password)]"])
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// librdkafka's properties of a client that this listener lets in.
    public var clientProperties: [String: String] {
        [
            "security.protocol": "sasl_ssl", "ssl.ca.location": folder.appendingPathComponent("authority.pem").path,
            "sasl.mechanisms": mechanism.rawValue, "sasl.username": Self.user, "sasl.password": Self.password,
        ]
    }

    /// The certificate of an authority that has not signed the broker's.
    public var strangerPath: String { folder.appendingPathComponent("stranger.pem").path }

    private static func makeAuthority(_ name: String, _ folder: URL) throws {
        try run(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=\(name) -keyout \(name).key -out \(name).pem", folder)
    }

    private static func makeServer(_ folder: URL) throws {
        try "subjectAltName=IP:127.0.0.1\n".write(
            to: folder.appendingPathComponent("extensions"), atomically: true, encoding: .utf8)
        try run("req -newkey rsa:2048 -nodes -subj /CN=broker -keyout server.key -out server.request", folder)
        try run(
            "x509 -req -days 2 -in server.request -CA authority.pem -CAkey authority.key -CAcreateserial "
                + "-extfile extensions -out server.pem", folder)
        let store = try ["server.key", "server.pem", "authority.pem"].map {
            try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
        }
        try store.joined().write(to: folder.appendingPathComponent("server.store"), atomically: true, encoding: .utf8)
    }

    private static func run(_ words: String, _ folder: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: openssl)
        process.arguments = words.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw KafkaFixtureError("openssl \(words)") }
    }
}
