import Foundation
import MailServer
import Testing

@testable import BeckonSender

@Suite(.enabled(if: MailServer.isAvailable && MailCertificates.canBeMade))
struct `Secure SMTP against a real mail server` {
    static let certificates = Result { try MailCertificates() }
    static let login = (user: "shop", password: "correct, horse: 日本 \"battery\"")

    func provider(
        _ server: MailServer, _ scheme: String, host: String = "localhost", isPlain: Bool = false,
        authority: String? = nil, login: (user: String, password: String)? = nil
    ) throws -> SMTPProvider {
        let certificates = try Self.certificates.get()
        let relay = try SMTPStage.relay("\(scheme)://\(host):\(server.port)", isPlain: isPlain) { relay in
            relay.certificatesFile = authority ?? certificates.authorityPath
            relay.login = login.map { ($0.user, Secret(Array($0.password.utf8))) }
        }
        return SMTPProvider(relay, connectionsMax: 2)
    }

    @Test(arguments: [(MailServer.Security.starttls, "smtp"), (.tls, "smtps")])
    func `is encrypted and logs in, and keeps the connection`(_ security: MailServer.Security, _ scheme: String) throws
    {
        let server = try MailServer(security, certificates: Self.certificates.get(), login: Self.login)
        let provider = try provider(server, scheme, login: Self.login)
        defer { provider.stop() }
        for id in ["d1", "d2"] { #expect(try SMTPStage.send(provider, id: id) == .delivered) }
        #expect(server.awaitMessages(2).count == 2)
        #expect(server.connectionCount == 1 && server.mechanisms == ["PLAIN"])
    }

    @Test func `logs in the other way where the relay knows no PLAIN`() throws {
        let server = try MailServer(
            .tls, certificates: Self.certificates.get(), login: Self.login, withoutPlain: true)
        let provider = try provider(server, "smtps", login: Self.login)
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == .delivered)
        #expect(server.mechanisms == ["LOGIN"])
    }

    @Test(arguments: [(MailServer.Security.starttls, "smtp"), (.tls, "smtps")])
    func `a certificate of a stranger's, or for another name, is refused before anything is said`(
        _ security: MailServer.Security, _ scheme: String
    ) throws {
        let server = try MailServer(security, certificates: Self.certificates.get(), login: Self.login)
        let provider = try provider(
            server, scheme, authority: Self.certificates.get().strangerPath, login: Self.login)
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == DeliveryResult(.unavailable, code: "certificate"))
        let elsewhere = try MailCertificates(names: "DNS:mail.elsewhere.example")
        let other = try MailServer(security, certificates: elsewhere, login: Self.login)
        let misled = try self.provider(other, scheme, authority: elsewhere.authorityPath, login: Self.login)
        defer { misled.stop() }
        #expect(try SMTPStage.send(misled) == DeliveryResult(.unavailable, code: "certificate"))
        for server in [server, other] {
            #expect(server.mechanisms.isEmpty && !server.commands.contains("mail") && server.messages.isEmpty)
        }
    }

    @Test func `without STARTTLS nothing goes out`() throws {
        let server = try MailServer(.none)
        let provider = try provider(server, "smtp", host: "127.0.0.1", login: Self.login)
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == DeliveryResult(.unavailable, code: "startTLS"))
        #expect(server.commands.allSatisfy { ["ehlo", "quit"].contains($0) }, "\(server.commands)")
    }

    @Test(arguments: [
        ("454 4.7.0 not now", DeliveryResult(.unavailable, code: "454 4.7.0")),
        ("drop", .init(.unavailable, code: "connection")),
    ])
    func `a STARTTLS that fails sends nothing in the clear`(_ action: String, _ result: DeliveryResult) throws {
        let server = try MailServer(.starttls, certificates: Self.certificates.get(), faults: [.starttls: action])
        let provider = try provider(server, "smtp")
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == result)
        #expect(!server.commands.contains("mail"))
    }

    @Test func `a wrong login is the relay's trouble, and the password is not told`() throws {
        let server = try MailServer(.tls, certificates: Self.certificates.get(), login: Self.login)
        let provider = try provider(server, "smtps", login: ("shop", "wrong"))
        defer { provider.stop() }
        let result = try SMTPStage.send(provider)
        #expect(result == DeliveryResult(.unavailable, code: "535 5.7.8"))
        #expect(!server.commands.contains("mail"))
    }

    @Test(arguments: [
        ("454 4.7.0 later", "454 4.7.0"), ("535 5.7.8 no", "535 5.7.8"), ("drop", "connection"),
    ])
    func `a login that fails was no attempt at the message`(_ action: String, _ code: String) throws {
        let server = try MailServer(
            .tls, certificates: Self.certificates.get(), login: Self.login, faults: [.auth: action])
        let provider = try provider(server, "smtps", login: Self.login)
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider) == DeliveryResult(.unavailable, code: code))
    }

    @Test func `without a login a relay that wants one refuses, and another may be tried`() throws {
        let server = try MailServer(.tls, certificates: Self.certificates.get(), login: Self.login)
        let provider = try provider(server, "smtps")
        defer { provider.stop() }
        #expect(try SMTPStage.send(provider).kind == .unavailable)
    }
}
