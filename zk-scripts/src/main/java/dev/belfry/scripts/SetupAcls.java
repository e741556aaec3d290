package dev.belfry.scripts;

import dev.belfry.store.zk.ZkSettings;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Closes a namespace to everyone but its agents, operators and readers. */
@Command(
        name = "setup-acls",
        description = {
            "Creates a namespace closed to everyone but its agents, operators and readers, or closes an existing one.",
            "Ids are digest:USER, whose password comes from a file or the environment and never from the command line;"
                    + " digest:USER:HASH; or x509:SUBJECT. Several are separated by semicolons.",
            "Running it again changes nothing."
        },
        footer = Tool.EXIT_CODES,
        sortOptions = false)
final class SetupAcls extends Tool {

    @Mixin
    final Connecting connecting = new Connecting();

    @Option(names = "--agents", paramLabel = "IDS", required = true, description = "Who may do everything: the agents.")
    String agents = "";

    @Option(names = "--agents-password-file", paramLabel = "FILE", description = "Else $BELFRY_AGENTS_PASSWORD.")
    @Nullable
    Path agentsPassword;

    @Option(names = "--operators", paramLabel = "IDS", required = true, description = "Who may do everything: people.")
    String operators = "";

    @Option(names = "--operators-password-file", paramLabel = "FILE", description = "Else $BELFRY_OPERATORS_PASSWORD.")
    @Nullable
    Path operatorsPassword;

    @Option(names = "--readers", paramLabel = "IDS", description = "Who may read.")
    String readers = "";

    @Option(names = "--readers-password-file", paramLabel = "FILE", description = "Else $BELFRY_READERS_PASSWORD.")
    @Nullable
    Path readersPassword;

    @Option(names = "--existing", description = "Also every znode that the namespace has already.")
    boolean existing;

    @Option(names = "--dry-run", description = "Only says what would be done.")
    boolean dryRun;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private int changes;

    public static void main(String[] args) {
        Tool.main(new SetupAcls(), args);
    }

    @Override
    int run() throws KeeperException {
        Principals who = new Principals();
        List<ACL> acl = new ArrayList<>();
        List<String> roles = new ArrayList<>();
        who.read("agents", agents, agentsPassword).forEach(id -> add(id, Perms.ALL, "--acl-agent", acl, roles));
        who.read("operators", operators, operatorsPassword)
                .forEach(id -> add(id, Perms.ALL, "--acl-operator", acl, roles));
        who.read("readers", readers, readersPassword).forEach(id -> add(id, Perms.READ, "--acl-reader", acl, roles));
        try (Tree tree = connecting.connect()) {
            who.passwords().forEach(tree::authenticate);
            requireWayBack(tree, who, acl);
            String root = root();
            apply(tree, Connecting.BELFRY, forAllNamespaces(tree, acl));
            apply(tree, root, acl);
            if (existing && tree.exists(root)) {
                tree.walk(root, "/", Tree.Depth.SHAPE, node -> applyBelow(tree, root, node, acl));
            }
        }
        out.println(summary());
        out.println("Give every agent and every command that writes these roles (in code: ZkRoles), since ACLs do not"
                + " inherit;");
        out.println("without them what it creates is closed to all the others:");
        roles.forEach(role -> out.println("  " + role));
        return 0;
    }

    private static void add(Id id, int rights, String option, List<ACL> acl, List<String> roles) {
        acl.add(new ACL(rights, id));
        roles.add(option + " '" + id.getScheme() + ":" + id.getId() + "'");
    }

    private String root() {
        String namespace = connecting
                .given()
                .orElseThrow(() -> new Trouble(Trouble.USAGE, "say which namespace with --namespace"));
        return ZkSettings.builder(connecting.servers(), namespace).build().root();
    }

    private String summary() {
        if (changes == 0) {
            return "Nothing to change.";
        }
        return dryRun ? changes + " change(s) to be made; nothing was changed." : changes + " change(s) made.";
    }

    /** Refuses to lock out whoever runs this. */
    private static void requireWayBack(Tree tree, Principals who, List<ACL> acl) throws KeeperException {
        boolean certificate = tree.ask(zk -> zk.whoAmI()).stream()
                .anyMatch(me -> me.getAuthScheme().equals("x509")
                        && acl.stream()
                                .anyMatch(entry -> entry.getPerms() == Perms.ALL
                                        && entry.getId().getScheme().equals("x509")));
        if (!certificate && !who.administers()) {
            throw new Trouble(
                    Trouble.USAGE,
                    "you would lock yourself out: nobody of the agents and operators is somebody whose password or"
                            + " certificate this command has. Name one as digest:USER with its password, or use"
                            + " --key-store");
        }
    }

    /** Namespaces share their parent, so what others have there stays. */
    private static List<ACL> forAllNamespaces(Tree tree, List<ACL> acl) throws KeeperException {
        List<ACL> merged = new ArrayList<>();
        if (tree.exists(Connecting.BELFRY)) {
            for (ACL entry : tree.ask(zk -> zk.getACL(Connecting.BELFRY, new org.apache.zookeeper.data.Stat()))) {
                if (!entry.getId().equals(ZooDefs.Ids.ANYONE_ID_UNSAFE)) {
                    merged.add(entry);
                }
            }
        }
        for (ACL entry : acl) {
            if (!merged.contains(entry)) {
                merged.add(entry);
            }
        }
        return merged;
    }

    private void applyBelow(Tree tree, String root, Node node, List<ACL> acl) {
        if (node.path().equals("/")) {
            return;
        }
        try {
            apply(tree, root + node.path(), acl);
        } catch (KeeperException.NoNodeException e) {
            // It ended with its session; nothing is left to be closed.
            return;
        } catch (KeeperException e) {
            throw new Trouble(
                    Trouble.FINDINGS,
                    "cannot change " + e.getPath() + " (" + e.code() + "): give the credentials of one who may, with"
                            + " --user and --password-file");
        }
    }

    private void apply(Tree tree, String path, List<ACL> acl) throws KeeperException {
        if (!tree.exists(path)) {
            changed("create", path);
            if (!dryRun) {
                tree.ask(zk -> zk.create(path, new byte[0], acl, CreateMode.PERSISTENT));
            }
            return;
        }
        List<ACL> present = tree.ask(zk -> zk.getACL(path, new org.apache.zookeeper.data.Stat()));
        Set<ACL> wanted = new HashSet<>(acl);
        if (!wanted.equals(new HashSet<>(present))) {
            changed("close", path);
            if (!dryRun) {
                tree.ask(zk -> zk.setACL(path, acl, -1));
            }
        }
    }

    private void changed(String what, String path) {
        changes++;
        out.println((dryRun ? "would " : "") + what + " " + path);
    }
}
