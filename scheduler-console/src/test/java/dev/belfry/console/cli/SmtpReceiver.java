package dev.belfry.console.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Takes mail at a port of its own, one connection after another, and keeps it as it came: each line with its command. */
final class SmtpReceiver implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final Thread thread = new Thread(this::serve, "smtp-receiver");
    private final BlockingQueue<String> mails = new LinkedBlockingQueue<>();

    SmtpReceiver() throws IOException {
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    /** What has come: per mail the commands of its envelope, and then its text. */
    BlockingQueue<String> mails() {
        return mails;
    }

    private void serve() {
        try {
            while (true) {
                try (Socket socket = server.accept()) {
                    converse(socket);
                }
            }
        } catch (SocketException e) {
            // Closed: the test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void converse(Socket socket) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        Writer out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8);
        StringBuilder mail = new StringBuilder();
        boolean text = false;
        say(out, "220 receiver");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            mail.append(line).append('\n');
            if (text) {
                if (line.equals(".")) {
                    text = false;
                    mails.add(mail.toString());
                    say(out, "250 taken");
                }
                continue;
            }
            String word = line.toUpperCase(Locale.ROOT);
            text = word.equals("DATA");
            say(out, text ? "354 go on" : word.equals("QUIT") ? "221 bye" : "250 receiver");
        }
    }

    private static void say(Writer out, String line) throws IOException {
        out.write(line + "\r\n");
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
