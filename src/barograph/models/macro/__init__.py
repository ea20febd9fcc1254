"""Growth, inflation and liquidity: prints, axes, nowcasts, recession."""
