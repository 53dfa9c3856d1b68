/// The settings of a service's status server.
public enum StatusSettings {
    public static let address = Setting.address(
        "http.address", default: "127.0.0.1:9464",
        "Where `/metrics`, `/healthz` and `/readyz` are served; port 0 takes a free one.")

    public static let declarations = [address.declaration]
}
