import Foundation

/// A server's certificate for `localhost` and 127.0.0.1, and those of the authority that signed it and of one that did not; removed afterwards.
public final class MailCertificates: Sendable {
    private let folder: URL
    private static let openssl = "/usr/bin/openssl"

    /// For `.enabled(if:)`.
    public static var canBeMade: Bool { FileManager.default.isExecutableFile(atPath: openssl) }

    /// - Parameter names: of the server, as a certificate has them.
    public init(names: String = "DNS:localhost,IP:127.0.0.1") throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("mail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["authority", "stranger"] {
            try run("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=\(name) -keyout \(name).key -out \(name).pem")
        }
        try "subjectAltName=\(names)\n".write(
            to: folder.appendingPathComponent("extensions"), atomically: true, encoding: .utf8)
        try run("req -newkey rsa:2048 -nodes -subj /CN=mail -keyout server.key -out server.request")
        try run(
            "x509 -req -days 2 -in server.request -CA authority.pem -CAkey authority.key -CAcreateserial "
                + "-extfile extensions -out server.pem")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    public var serverPath: String { folder.appendingPathComponent("server.pem").path }
    public var keyPath: String { folder.appendingPathComponent("server.key").path }
    public var authorityPath: String { folder.appendingPathComponent("authority.pem").path }
    public var strangerPath: String { folder.appendingPathComponent("stranger.pem").path }

    private func run(_ words: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.openssl)
        process.arguments = words.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw MailServer.Failure(description: "openssl \(words)") }
    }
}
