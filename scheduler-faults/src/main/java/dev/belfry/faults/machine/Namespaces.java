package dev.belfry.faults.machine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One network namespace for each place, joined by a bridge in the namespace of this process.
 *
 * <p>A cut is an entry in the sender's neighbour table: a hardware address that nobody has. Frames leave and are taken by
 * nobody, so that neither end is told anything, as with a cable that is damaged in one direction.
 */
final class Namespaces implements Network {
    private static final String PREFIX = "belfry-faults-";
    private static final String NOBODY = "02:00:00:00:00:fe";
    private static final String DEVICE = "eth0";

    private final String bridge;
    private final String subnet;
    private final long pid = ProcessHandle.current().pid();
    private final List<String> namespaces = new ArrayList<>();
    private final List<String> links = new ArrayList<>();
    private boolean open = true;

    private Namespaces(String bridge, String subnet) {
        this.bridge = bridge;
        this.subnet = subnet;
    }

    /** @throws IOException if there is no {@code ip}, or this process may not use it */
    static Namespaces create() throws IOException {
        removeLeftovers();
        long pid = ProcessHandle.current().pid();
        String routes = Tool.run("ip", "-4", "route");
        int third = (int) (pid % 256);
        while (routes.contains("198.18." + third + ".")) {
            third = (third + 1) % 256;
        }
        Namespaces made = new Namespaces("bfb" + pid, "198.18." + third + ".");
        try {
            Tool.run("ip", "link", "add", made.bridge, "type", "bridge");
            made.links.add(made.bridge);
            Tool.run("ip", "addr", "add", made.subnet + "254/24", "dev", made.bridge);
            Tool.run("ip", "link", "set", made.bridge, "up");
            made.add("probe");
        } catch (IOException e) {
            made.close();
            throw e;
        }
        return made;
    }

    /** What a killed campaign has left: its process id is in the names. */
    private static void removeLeftovers() throws IOException {
        for (String line : Tool.run("ip", "netns", "list").split("\n")) {
            String name = line.split(" ")[0].strip();
            if (name.startsWith(PREFIX)) {
                long owner = Long.parseLong(name.substring(PREFIX.length()).split("-")[0]);
                if (ProcessHandle.of(owner).isEmpty()) {
                    quietly("ip", "netns", "del", name);
                    quietly("ip", "link", "del", "bfb" + owner);
                }
            }
        }
    }

    @Override
    public Place add(String name) throws IOException {
        int number = namespaces.size() + 1;
        String namespace = PREFIX + pid + "-" + number;
        String outer = "bf" + pid + "v" + number;
        String host = subnet + number;
        Tool.run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
        Tool.run("ip", "link", "add", outer, "type", "veth", "peer", "name", DEVICE, "netns", namespace);
        links.add(outer);
        Tool.run("ip", "link", "set", outer, "master", bridge, "up");
        Tool.run("ip", "-n", namespace, "addr", "add", host + "/24", "dev", DEVICE);
        Tool.run("ip", "-n", namespace, "link", "set", DEVICE, "up");
        Tool.run("ip", "-n", namespace, "link", "set", "lo", "up");
        return new Place(name, host, List.of("ip", "netns", "exec", namespace), namespace);
    }

    @Override
    public String whyWhole() {
        return "";
    }

    @Override
    public void cut(Place from, Place to) throws IOException {
        neighbour(from, "replace", to.host(), "lladdr", NOBODY, "dev", DEVICE, "nud", "permanent");
    }

    @Override
    public void mend(Place from, Place to) throws IOException {
        neighbour(from, "del", to.host(), "dev", DEVICE);
    }

    private static void neighbour(Place at, String... what) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "-n", at.namespace(), "neigh"));
        command.addAll(List.of(what));
        Tool.run(command.toArray(String[]::new));
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            namespaces.forEach(name -> quietly("ip", "netns", "del", name));
            for (int i = links.size() - 1; i >= 0; i--) {
                String link = links.get(i);
                // A namespace that is gone has taken its link along.
                if (java.nio.file.Files.exists(java.nio.file.Path.of("/sys/class/net", link))) {
                    quietly("ip", "link", "del", link);
                }
            }
        }
    }

    private static void quietly(String... command) {
        try {
            Tool.run(command);
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("Cannot find device")) {
                System.err.println("network not removed: " + e.getMessage());
            }
        }
    }
}
