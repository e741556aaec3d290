package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.store.zk.ZkSettings;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;

/**
 * What a command meets: where it prints and reads, what time it is, and how it connects.
 *
 * @param environment variables such as {@code BELFRY_ZOOKEEPER}
 * @param connect opens a client of a namespace
 */
record Shell(
        PrintWriter out,
        PrintWriter err,
        BufferedReader in,
        Map<String, String> environment,
        InstantSource clock,
        Function<ZkSettings, BelfryClient> connect) {}
