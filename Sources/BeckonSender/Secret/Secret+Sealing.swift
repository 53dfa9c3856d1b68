import CCrypto

/// Authenticated encryption, AES-256-GCM.
extension Secret {
    static let nonceBytes = 12
    static let tagBytes = 16

    /// HKDF-SHA256 (RFC 5869) without salt.
    ///
    /// - Parameter purpose: the info.
    /// - Returns: 32 bytes.
    func derived(for purpose: StaticString) -> Secret {
        let extracted = Secret(Secret([UInt8](repeating: 0, count: 32)).hmacSHA256(bytes))
        let info = UnsafeBufferPointer(start: purpose.utf8Start, count: purpose.utf8CodeUnitCount)
        return Secret(extracted.hmacSHA256(Array(info) + [1]))
    }

    /// - Parameters:
    ///   - nonce: 12 bytes, never the same for two contents.
    ///   - label: authenticated with the content, and not part of the result.
    /// - Returns: as many bytes as the content has, and the tag.
    /// - Precondition: the secret has 32 bytes.
    func seal(_ content: [UInt8], nonce: [UInt8], authenticating label: [UInt8]) -> [UInt8] {
        withCipher(nonce, encrypts: true) { cipher in
            var sealed = [UInt8](repeating: 0, count: content.count)
            var tag = [UInt8](repeating: 0, count: Self.tagBytes)
            var count: Int32 = 0
            let isSealed =
                EVP_CipherUpdate(cipher, nil, &count, label, Int32(label.count)) == 1
                && EVP_CipherUpdate(cipher, &sealed, &count, content, Int32(content.count)) == 1
                && EVP_CipherFinal_ex(cipher, nil, &count) == 1
                && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
            precondition(isSealed, "libcrypto does not seal")
            return sealed + tag
        }
    }

    /// - Returns: nil for what was not sealed with this secret, nonce and label. The tag is compared in constant time.
    func open(_ sealed: [UInt8], nonce: [UInt8], authenticating label: [UInt8]) -> [UInt8]? {
        guard sealed.count >= Self.tagBytes else { return nil }
        return withCipher(nonce, encrypts: false) { cipher in
            let content = Array(sealed.dropLast(Self.tagBytes))
            var tag = Array(sealed.suffix(Self.tagBytes))
            var opened = [UInt8](repeating: 0, count: content.count)
            var count: Int32 = 0
            let isOpened =
                EVP_CipherUpdate(cipher, nil, &count, label, Int32(label.count)) == 1
                && EVP_CipherUpdate(cipher, &opened, &count, content, Int32(content.count)) == 1
                && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
                && EVP_CipherFinal_ex(cipher, nil, &count) == 1
            return isOpened ? opened : nil
        }
    }

    private func withCipher<Result>(_ nonce: [UInt8], encrypts: Bool, _ body: (OpaquePointer) -> Result) -> Result {
        precondition(bytes.count == 32 && nonce.count == Self.nonceBytes, "not a key and nonce of AES-256-GCM")
        guard let cipher = EVP_CIPHER_CTX_new() else { preconditionFailure("no memory for a cipher") }
        defer { EVP_CIPHER_CTX_free(cipher) }
        let isReady = EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), nil, bytes, nonce, encrypts ? 1 : 0) == 1
        precondition(isReady, "libcrypto has no AES-256-GCM")
        return body(cipher)
    }
}
