export default { title: "system" };
