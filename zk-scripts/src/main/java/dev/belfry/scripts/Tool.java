package dev.belfry.scripts;

import java.util.concurrent.Callable;
import org.apache.zookeeper.KeeperException;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What all tools share: their exit codes, and that no error shows a stack trace unless asked to. */
abstract class Tool implements Callable<Integer> {

    static final String EXIT_CODES =
            "%nExit codes: 0 fine, 1 the answer is no, 2 wrong usage, 3 cannot reach ZooKeeper.";

    @Option(names = "--help", usageHelp = true, description = "This text.")
    boolean help;

    @Option(names = "--debug", description = "Shows stack traces.")
    boolean debug;

    abstract int run() throws KeeperException;

    @Override
    public final Integer call() throws KeeperException {
        return run();
    }

    /** Runs a tool and ends the process. */
    static void main(Tool tool, String... args) {
        CommandLine line = new CommandLine(tool);
        line.setCommandName(System.getProperty("belfry.script", "belfry"));
        line.setExecutionExceptionHandler((e, command, parsed) -> report(tool, line.getCommandName(), e));
        System.exit(line.execute(args));
    }

    private static int report(Tool tool, String name, Exception e) {
        if (tool.debug) {
            e.printStackTrace();
        }
        if (e instanceof Trouble trouble) {
            System.err.println(name + ": " + trouble.getMessage());
            return trouble.exitCode();
        }
        if (e instanceof KeeperException.NoAuthException denied) {
            System.err.println(name + ": not allowed to use " + denied.getPath()
                    + "; give the credentials of an operator with --user and --password-file");
            return Trouble.FINDINGS;
        }
        if (e instanceof KeeperException.InvalidACLException refused) {
            System.err.println(name + ": the servers refuse the ACL of " + refused.getPath()
                    + ": they know no such ids. x509 ids need servers that speak TLS");
            return Trouble.FINDINGS;
        }
        System.err.println(name + ": " + e + "; run it with --debug to see where");
        return Trouble.FINDINGS;
    }
}
