package dev.belfry.scripts;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.zookeeper.client.ConnectStringParser;

/** The short questions that a ZooKeeper server answers to anyone who may ask them, in clear text. */
final class FourLetterWord {
    private static final int PATIENCE_MS = 5_000;

    private FourLetterWord() {}

    /** The answer of one server; empty if it gives none: down, TLS only, or the word is not on its white list. */
    static Optional<String> ask(InetSocketAddress server, String word) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.getHostString(), server.getPort()), PATIENCE_MS);
            socket.setSoTimeout(PATIENCE_MS);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean refused = answer.isBlank() || answer.contains("not in the whitelist");
            return refused ? Optional.empty() : Optional.of(answer);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Iterable<InetSocketAddress> servers(String connectString) {
        return new ConnectStringParser(connectString).getServerAddresses();
    }
}
